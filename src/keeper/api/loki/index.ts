// Entry point of the logs vertical.
export { createLogsBackend } from './backend.ts';
