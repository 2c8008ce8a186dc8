import { statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Sheet } from '../sheet';

// What node_exporter leaves out: file systems without a disk behind them, and those of containers.
const IGNORED_TYPES =
  /^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs)$/;
const IGNORED_MOUNTS = /^\/(dev|proc|run\/credentials\/.+|sys|var\/lib\/docker\/.+|var\/lib\/containers\/storage\/.+)($|\/)/;

export interface Mount {
  device: string;
  mountpoint: string;
  fstype: string;
  readOnly: boolean;
}

/** Blanks stand as octal numbers in the table of mounts. */
const unescaped = (text: string) => text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));

/** The mounts of /proc/1/mounts that tell of disks; of several on one place the last, which is the one that is seen. */
export function readMounts(text: string): Mount[] {
  const byPlace = new Map<string, Mount>();
  for (const line of text.split('\n')) {
    const [device = '', mountpoint = '', fstype = '', options = ''] = line.split(' ').map(unescaped);
    if (mountpoint !== '' && !IGNORED_TYPES.test(fstype) && !IGNORED_MOUNTS.test(mountpoint)) {
      byPlace.set(mountpoint, { device, mountpoint, fstype, readOnly: options.split(',').includes('ro') });
    }
  }
  return [...byPlace.values()];
}

/**
 * Sizes of file systems. A hanging network file system never answers: the caller bounds the time, and what answered stands.
 * @param root where the machine's root directory is mounted
 */
export async function fileSystemFigures(sheet: Sheet, mounts: readonly Mount[], root: string): Promise<void> {
  await Promise.all(
    mounts.map(async ({ device, mountpoint, fstype, readOnly }) => {
      const stats = await statfs(path.join(root, mountpoint)).catch(() => undefined);
      if (!stats) {
        return;
      }
      const labels = { device, fstype, mountpoint };
      sheet.set('node_filesystem_size_bytes', labels, stats.blocks * stats.bsize);
      sheet.set('node_filesystem_free_bytes', labels, stats.bfree * stats.bsize);
      sheet.set('node_filesystem_avail_bytes', labels, stats.bavail * stats.bsize);
      sheet.set('node_filesystem_files', labels, stats.files);
      sheet.set('node_filesystem_files_free', labels, stats.ffree);
      sheet.set('node_filesystem_readonly', labels, Number(readOnly));
    })
  );
}
