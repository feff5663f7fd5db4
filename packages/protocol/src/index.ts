export const API_VERSION = '2018-07-17';
