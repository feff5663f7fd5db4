export { assertPublicHost, isPrivateAddress, PrivateAddressError, publicLookup } from '@vodstack/platform';
