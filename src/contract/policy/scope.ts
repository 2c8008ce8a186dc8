/** What a scope can cover. */
export interface ScopeSubject {
  host: string;
  container: string;
  project: string;
}

/** True when the name fits a pattern with `*` (any characters) and `?` (one). Takes linear time for each star, whatever the pattern. */
export function fitsGlob(name: string, pattern: string): boolean {
  let at = 0;
  let p = 0;
  let star = -1;
  let mark = 0;
  while (at < name.length) {
    if (pattern[p] === '*') {
      star = p;
      mark = at;
      p += 1;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[at])) {
      p += 1;
      at += 1;
    } else if (star >= 0) {
      p = star + 1;
      mark += 1;
      at = mark;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(p));
}

function namesContainer(name: string, subject: ScopeSubject): boolean {
  return name === subject.container || name === `${subject.host}/${subject.container}`;
}

/** True when a scope covers a container: `all`, `project:NAME`, `container:NAME`, or a bare name of either. */
export function scopeCovers(scope: string, subject: ScopeSubject): boolean {
  const trimmed = scope.trim();
  if (['', '*', 'all'].includes(trimmed.toLowerCase())) {
    return true;
  }
  const [, kind, name = ''] = /^(project|container):(.*)$/s.exec(trimmed) ?? [];
  if (kind === 'project') {
    return subject.project !== '' && name === subject.project;
  }
  if (kind === 'container') {
    return namesContainer(name, subject);
  }
  return namesContainer(trimmed, subject) || (subject.project !== '' && trimmed === subject.project);
}
