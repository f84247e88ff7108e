import type { TlsConfigs } from './config.ts';
import { ConfigError, describeOrigin } from './config-error.ts';
import type { Layers } from './layer.ts';
import { nameOf, type SettingName } from './settings.ts';
import { type StoreLocation, TLS_SIDES, type TlsConfig, type TlsSide } from './tls-config.ts';

/** What each side that speaks TLS shows and trusts. Throws ConfigError where what it needs is missing, and where a thing is said twice. */
export function readTls(layers: Layers, warnings: string[]): TlsConfigs {
  const configs: { -readonly [S in TlsSide]?: TlsConfig } = {};
  for (const side of TLS_SIDES) {
    if (!speaksTls(layers, side)) {
      warnOfUnused(layers, side, warnings);
      continue;
    }
    configs[side] = Object.freeze(readSide(layers, side));
  }
  return Object.freeze(configs);
}

function speaksTls(layers: Layers, side: TlsSide): boolean {
  if (layers.value(`${side}.tls.mode`) !== 'off') return true;
  return side === 'client' && layers.value('client.securePort') !== undefined;
}

/** Whoever names a key store means TLS to be spoken. */
function warnOfUnused(layers: Layers, side: TlsSide, warnings: string[]): void {
  const given = layers.given(`${side}.tls.keyStore`);
  const isForHttp = side === 'peer' && layers.value('http.tls.mode') !== 'off';
  if (given === undefined || isForHttp) return;
  const secure = side === 'client' ? ' or client.securePort' : '';
  warnings.push(
    `${describeOrigin(given.origin)} has no effect: TLS is not spoken there; set ${side}.tls.mode${secure}`,
  );
}

function readSide(layers: Layers, side: TlsSide): TlsConfig {
  // In ZooKeeper HTTP shows what members show one another.
  const stores = side === 'http' && layers.given('http.tls.keyStore') === undefined ? 'peer' : side;
  const keyStore = readStore(layers, stores, 'keyStore');
  if (keyStore === undefined) {
    const problem = `TLS needs ${nameOf(`${stores}.tls.keyStore`)}: the private key and certificate that are shown`;
    throw new ConfigError(originOfMode(layers, side), problem);
  }
  const trustStore = readStore(layers, stores, 'trustStore');
  // Members always show who they are.
  const clientAuth = side === 'peer' ? 'need' : layers.value(`${side}.tls.clientAuth`);
  if (clientAuth !== 'none' && trustStore === undefined) {
    const advice =
      side === 'peer'
        ? ''
        : `; or set ${nameOf(`${side}.tls.clientAuth`)} to none, so that no certificates are asked for`;
    const problem = `TLS needs ${nameOf(`${stores}.tls.trustStore`)}: the authorities whose certificates are accepted${advice}`;
    throw new ConfigError(originOfMode(layers, side), problem);
  }
  const ciphers = layers.value(`${side}.tls.ciphers`);
  const crlFile = layers.value(`${side}.tls.crlFile`);
  return {
    mode: layers.value(`${side}.tls.mode`),
    keyStore,
    ...(trustStore === undefined ? {} : { trustStore }),
    clientAuth,
    protocols: layers.value(`${side}.tls.protocols`),
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(crlFile === undefined ? {} : { crlFile }),
    verifyHostname: layers.value(`${side}.tls.verifyHostname`),
    handshakeTimeoutMs: layers.value(`${side}.tls.handshakeTimeoutMs`),
  };
}

function readStore(
  layers: Layers,
  side: TlsSide,
  store: 'keyStore' | 'trustStore',
): StoreLocation | undefined {
  const path = layers.value(`${side}.tls.${store}`);
  if (path === undefined) return undefined;
  const type = layers.value(`${side}.tls.${store}Type`);
  const password = layers.value(`${side}.tls.${store}Password`);
  const fileName: SettingName = `${side}.tls.${store}PasswordFile`;
  const passwordFile = layers.value(fileName);
  if (password !== undefined && passwordFile !== undefined)
    throw new ConfigError(layers.originOf(fileName), 'the password is also given itself; give one of them');
  return Object.freeze({
    path,
    ...(type === undefined ? {} : { type }),
    ...(password === undefined ? {} : { password }),
    ...(passwordFile === undefined ? {} : { passwordFile }),
  });
}

function originOfMode(layers: Layers, side: TlsSide) {
  const isSecurePort = side === 'client' && layers.value('client.tls.mode') === 'off';
  return layers.originOf(isSecurePort ? 'client.securePort' : `${side}.tls.mode`);
}
