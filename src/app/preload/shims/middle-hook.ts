// Stands in for the hooks of require-in-the-middle and import-in-the-middle inside @opentelemetry/instrumentation. Both
// are already served by our module hook; registrations by absolute path have no use here and are ignored.
export class Hook {
  unhook(): void {}
}
export default Hook;
