// The container images obs stands on, pinned in this one place; compose/compose.yaml says the same (a test compares).

export const serverImages = {
  loki: 'grafana/loki:3.7.6',
  prometheus: 'prom/prometheus:v3.14.0',
  tempo: 'grafana/tempo:3.0.3',
  grafana: 'grafana/grafana:13.1.1',
} as const;

export type ImageName = keyof typeof serverImages;
