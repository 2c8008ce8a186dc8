import React, { useId } from 'react';
import { Field, FieldSet, Input, RadioButtonGroup } from '@grafana/ui';
import type { Access, Topology } from '../types';
import { NumberSettingField, PemField, SecretField, SwitchSettingField, TextSettingField } from './SettingFields';
import { testIds } from './test-ids';
import { useSettings, type EditorProps, type Settings } from './use-settings';

const ACCESS: Array<{ value: Access; label: string; description: string }> = [
  { value: 'redis', label: 'Redis', description: 'The process that comes with the plugin reads the log.' },
  { value: 'api', label: 'HemoStat API', description: 'The browser asks the API through Grafana. No alert rules, and updates every five seconds.' },
];
const TOPOLOGIES: Array<{ value: Topology; label: string; description: string }> = [
  { value: 'single', label: 'One server', description: 'One Redis or Valkey.' },
  { value: 'sentinel', label: 'Sentinel', description: 'The master that the sentinels name.' },
  { value: 'cluster', label: 'Cluster', description: 'A Redis Cluster.' },
];

/** A password in the address would be readable for everybody who may see the data source. */
export function urlProblem(url = ''): string | undefined {
  if (url !== '' && !/^rediss?:\/\//.test(url)) {
    return 'Begin with redis:// or, for TLS, rediss://.';
  }
  return /^rediss?:\/\/[^/@]*:[^/@]+@/.test(url) ? 'Leave the password out: everybody who may see this data source could read it. Write it into "Password".' : undefined;
}

function SingleServer({ settings }: { settings: Settings }) {
  return (
    <>
      <TextSettingField
        settings={settings}
        name="address"
        label="Address"
        description="host:port, as Grafana's server reaches it."
        placeholder="redis:6379"
        required={!settings.json.url && !settings.isConfigured('redisUrl')}
      />
      <TextSettingField
        settings={settings}
        name="url"
        label="URL"
        description="In place of the address, with everything that belongs to it. Without a password."
        placeholder="rediss://redis.example:6380/0"
        error={urlProblem(settings.json.url)}
      />
    </>
  );
}

function Sentinels({ settings }: { settings: Settings }) {
  return (
    <>
      <TextSettingField settings={settings} name="sentinels" label="Sentinels" description="host:port, comma-separated." placeholder="sentinel-1:26379, sentinel-2:26379" required />
      <TextSettingField settings={settings} name="sentinelName" label="Name of the master" placeholder="mymaster" />
      <SecretField settings={settings} name="sentinelPassword" label="Password of the sentinels" placeholder="None" />
    </>
  );
}

const PLACES: Record<Topology, React.ComponentType<{ settings: Settings }>> = {
  single: SingleServer,
  sentinel: Sentinels,
  cluster: ({ settings }) => (
    <TextSettingField settings={settings} name="clusterNodes" label="Nodes" description="Some nodes as host:port, comma-separated. The others are found by themselves." placeholder="redis-1:6379, redis-2:6379" required />
  ),
};

function Tls({ settings }: { settings: Settings }) {
  return (
    <FieldSet label="TLS">
      <SwitchSettingField settings={settings} name="tls" label="Use TLS" />
      {settings.json.tls && (
        <>
          <PemField settings={settings} name="tlsCaCert" label="CA certificate" description="For a server whose certificate is not signed by a public authority." placeholder="-----BEGIN CERTIFICATE-----" />
          <PemField settings={settings} name="tlsClientCert" label="Client certificate" description="Together with its key, where the server asks for one." placeholder="-----BEGIN CERTIFICATE-----" />
          <PemField settings={settings} name="tlsClientKey" label="Client key" description="Without a passphrase." placeholder="-----BEGIN PRIVATE KEY-----" />
          <TextSettingField settings={settings} name="tlsServerName" label="Server name" description="The name in the certificate, where it is not that of the address." placeholder="As in the address" />
          <SwitchSettingField settings={settings} name="tlsSkipVerify" label="Skip verification" description="Anybody on the way could read and change everything. For trials only." />
        </>
      )}
    </FieldSet>
  );
}

function RedisSettings({ settings }: { settings: Settings }) {
  const topology = settings.json.topology ?? 'single';
  const Place = PLACES[topology];
  return (
    <>
      <FieldSet label="Redis">
        <Field label="Kind">
          <RadioButtonGroup options={TOPOLOGIES} value={topology} disabled={settings.readOnly} data-testid={testIds.configEditor.field('topology')} onChange={(kind) => settings.set({ topology: kind })} />
        </Field>
        <Place settings={settings} />
        {topology !== 'cluster' && <NumberSettingField settings={settings} name="database" label="Database" min={0} placeholder="0" />}
      </FieldSet>
      <FieldSet label="Login">
        <TextSettingField settings={settings} name="user" label="User" description="An ACL user that may read the keys of HemoStat. Empty for the default user." placeholder="default" />
        <SecretField settings={settings} name="password" label="Password" placeholder="None" />
      </FieldSet>
      <Tls settings={settings} />
      <FieldSet label="Log">
        <TextSettingField settings={settings} name="keyPrefix" label="Key prefix" description="As HEMOSTAT_KEY_PREFIX of the agents." placeholder="hemostat" />
        <NumberSettingField settings={settings} name="partitions" label="Partitions" description="As HEMOSTAT_PARTITIONS of the agents." min={1} placeholder="1" />
      </FieldSet>
    </>
  );
}

function ApiSettings({ settings }: { settings: Settings }) {
  const id = useId();
  return (
    <FieldSet label="HemoStat API">
      <Field label="URL" description="As Grafana's server reaches it, without a path." htmlFor={id} required>
        <Input
          id={id}
          width={50}
          value={settings.url}
          placeholder="http://hemostat:8080"
          disabled={settings.readOnly}
          data-testid={testIds.configEditor.field('apiUrl')}
          onChange={(event) => settings.setUrl(event.currentTarget.value)}
        />
      </Field>
      <SecretField settings={settings} name="apiToken" label="Token" description="Grafana's server adds it to each request; it never reaches the browser." placeholder="Token of the API" />
    </FieldSet>
  );
}

/** Where the log is and how it is reached. That provisioned settings cannot be changed here, Grafana itself says above. */
export function ConfigEditor(props: EditorProps) {
  const settings = useSettings(props);
  const access = settings.json.access ?? 'redis';
  return (
    <>
      <FieldSet label="Connection">
        <Field label="Read through">
          <RadioButtonGroup options={ACCESS} value={access} disabled={settings.readOnly} data-testid={testIds.configEditor.field('access')} onChange={(kind) => settings.set({ access: kind })} />
        </Field>
      </FieldSet>
      {access === 'api' ? <ApiSettings settings={settings} /> : <RedisSettings settings={settings} />}
    </>
  );
}
