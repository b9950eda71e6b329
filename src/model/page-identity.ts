// What the keeper tells a web page of itself (GET /obs/browser), for the resource of its telemetry.
export interface PageIdentity {
  /** `service.name`, unless the page's own script tag says another. */
  readonly service: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What is appended to an app's `service.name` for its pages. */
export const pageServiceSuffix = '-browser';
