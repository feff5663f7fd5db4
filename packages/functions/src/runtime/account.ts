/** Who the functions run as, in the cloud's terms. */
export interface Account {
  appId: string;
  uin: string;
  region: string;
}
