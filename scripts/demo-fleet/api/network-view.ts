import type { Container } from '../engine/container';
import { parentRef, type Engine } from '../engine/engine';

/** Made-up but stable address of a container in its network. */
function address(container: Container): { ip: string; mac: string } {
  const last = (Number.parseInt(container.id.slice(0, 2), 16) % 250) + 2;
  return { ip: `172.28.0.${last}`, mac: `02:42:ac:1c:00:${last.toString(16).padStart(2, '0')}` };
}

function endpoint(engine: Engine, container: Container): Record<string, unknown> {
  const up = container.state.running;
  const { ip, mac } = address(container);
  return {
    IPAMConfig: null,
    Links: null,
    Aliases: [container.spec.labels['com.docker.compose.service'] ?? container.spec.name, container.id.slice(0, 12)],
    NetworkID: engine.networkId(container.spec.networkMode),
    EndpointID: up ? container.id.split('').reverse().join('') : '',
    Gateway: up ? '172.28.0.1' : '',
    IPAddress: up ? ip : '',
    IPPrefixLen: up ? 16 : 0,
    IPv6Gateway: '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    MacAddress: up ? mac : '',
    DriverOpts: null,
  };
}

/** `Networks` of inspect and list; empty for a container that shares another's network. */
export function networks(engine: Engine, container: Container): Record<string, unknown> {
  const { networkMode } = container.spec;
  return parentRef(networkMode) === undefined ? { [networkMode]: endpoint(engine, container) } : {};
}

export function networkSettings(engine: Engine, container: Container): Record<string, unknown> {
  const own = parentRef(container.spec.networkMode) === undefined && container.state.running;
  return {
    Bridge: '',
    SandboxID: own ? container.id : '',
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    Ports: {},
    SandboxKey: own ? `/var/run/docker/netns/${container.id.slice(0, 12)}` : '',
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID: '',
    Gateway: '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    IPAddress: '',
    IPPrefixLen: 0,
    IPv6Gateway: '',
    MacAddress: '',
    Networks: networks(engine, container),
  };
}
