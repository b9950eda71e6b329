// Names of extracted labels: whatever the field was called, the label has letters, digits and underscores only.

/** Turns a field name into a label name. `first` says that it stands at the beginning, where no digit may be. */
export function sanitizeLabelName(key: string, first: boolean): string {
  const trimmed = key.trim();
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(trimmed)) return trimmed;
  const safe = first && /^[0-9]/.test(trimmed) ? `_${trimmed}` : trimmed;
  return safe.replace(/[^A-Za-z0-9_]/gu, '_');
}
