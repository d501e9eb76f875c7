export { type OidcParts, oidcProvider } from './provider.ts';
export { isLoopback, type OidcSettings, readOidcSettings } from './settings.ts';
