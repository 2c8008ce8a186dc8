import { flag, seconds, text } from './define';

/** How to reach the Docker engine: what watches and what acts read the same variables. */
export const dockerSettings = {
  dockerHost: text('DOCKER_HOST', 'unix:///var/run/docker.sock', 'Address of the Docker engine: unix://, tcp://, http:// or https://.'),
  dockerTlsVerify: flag('DOCKER_TLS_VERIFY', 'false', 'Speak TLS with the engine and check its certificate.'),
  dockerCertPath: text('DOCKER_CERT_PATH', '', 'Folder with ca.pem, cert.pem and key.pem for TLS with the engine.'),
  dockerTimeoutMs: seconds('HEMOSTAT_DOCKER_TIMEOUT_SECONDS', '10', 'Seconds that one call of the engine may take, beyond what an action itself needs.', 0.1, 300),
};
