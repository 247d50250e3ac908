/** As `matchesExactly`, for names: case does not count. */
export function matchesGlob(pattern: string, text: string): boolean {
  return matchesExactly(canonicalName(pattern), canonicalName(text));
}

/**
 * Whether `wanted`, in which `*` stands for any run of characters, names all of `given`. Linear in practice and never
 * worse than the product of both lengths: a regular expression of many stars takes forever.
 */
export function matchesExactly(wanted: string, given: string): boolean {
  let [at, star, resume] = [0, -1, 0];
  for (let index = 0; index < given.length; ) {
    if (wanted[at] === '*') {
      [star, resume] = [at++, index];
    } else if (wanted[at] === given[index]) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resume;
    } else {
      return false;
    }
  }
  while (wanted[at] === '*') at++;
  return at === wanted.length;
}

/** How names are compared: spelling in other letters of the same look or in capitals cannot dodge a rule. */
export function canonicalName(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
