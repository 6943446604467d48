#include <cstdio>

int main() {
  std::fputs("ouro: no commands yet\n", stderr);
  return 2;
}
