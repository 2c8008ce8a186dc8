import { Stack } from '@grafana/ui';
import React from 'react';
import { loadAnew } from './Configuration';
import { Links } from './Links';
import { SettingsForm } from './SettingsForm';

/** The same settings on the page of the plugin, outside of the app: there is no page around it. */
function ConfigPage() {
  return (
    <Stack direction="column" gap={4}>
      <SettingsForm reload={loadAnew} />
      <Links />
    </Stack>
  );
}

export default ConfigPage;
