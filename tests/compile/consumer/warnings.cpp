// SPDX-License-Identifier: MIT
int narrowed(long value, int unused) {
  int copy = value;
  { int copy = 1; (void)copy; }
  return copy;
}
