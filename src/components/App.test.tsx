import { render, screen } from '@testing-library/react';
import React from 'react';
import App from './App';
import { testIds } from './testIds';

jest.mock('@grafana/runtime', () => ({
  PluginPage: ({ children }: React.PropsWithChildren) => <main>{children}</main>,
}));

describe('the root page', () => {
  it('says what HemoStat is and which commands show its work', () => {
    render(<App />);
    expect(screen.getByTestId(testIds.app.root)).toHaveTextContent(/watches the containers of a Docker engine/);
    for (const command of ['status', 'incidents', 'explain ID', 'tail', 'approve ID', 'doctor']) {
      expect(screen.getByText(`npx hemostat ${command}`)).toBeVisible();
    }
  });
});
