/** What stands where a secret was. */
export const REDACTED = '[redacted]';

/** Source of a regular expression: how our own tokens and those of well-known services begin, and hardly anything else. */
export const TOKEN_PREFIX = String.raw`bf[ti]_|sk-|sk_live_|sk_test_|rk_live_|gh[oprsu]_|github_pat_|glpat-|xox[abeprs]-|xapp-|npm_|pypi-|hf_|whsec_|ya29\.|lin_api_|ntn_|figd_`;
