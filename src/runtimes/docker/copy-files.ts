// Copies files into a container that was made but not started: nothing of the host is mounted.
import type Docker from 'dockerode';
import tarStream from 'tar-stream';

/** Puts the files at their absolute paths, readable for all: the servers do not run as root. */
export async function copyFiles(
  container: Docker.Container,
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<void> {
  if (files.length === 0) return;
  const archive = tarStream.pack();
  for (const { path, text } of files) archive.entry({ name: path.slice(1), mode: 0o644 }, text);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk);
  await container.putArchive(Buffer.concat(chunks), { path: '/' });
}
