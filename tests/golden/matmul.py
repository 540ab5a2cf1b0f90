#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What sums of products in a sum register must be, in Python's integers.

    matmul.py > matmul.txt         writes the golden file

Each line: seed, word bits and sign of both operands, m, k, n, register mode and bits; then how many
of the m n sums left the register, the largest exact |sum|, and the sums in the register, row by row.
The codes come from a generator of the seed, the first operand's before the second's, row by row.
"""

MASK = (1 << 64) - 1
SIZES = ((2, 3, 2), (3, 9, 2), (2, 40, 3), (1, 130, 2), (2, 600, 1))
FORMATS = ((1, True), (3, False), (8, True), (12, True), (15, False), (16, True), (16, False),
           (20, True), (31, False), (32, True), (32, False))
REGISTERS = (("exact", 64), ("wrap", 2), ("saturate", 3), ("wrap", 16), ("saturate", 20),
             ("wrap", 31), ("saturate", 31), ("wrap", 32), ("saturate", 33), ("wrap", 48),
             ("saturate", 63), ("wrap", 64), ("saturate", 64))


class Codes:
    """Codes of which a quarter are the least and a quarter the greatest of their format."""

    def __init__(self, seed):
        self.state = seed

    def draw(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & MASK
        return self.state >> 32

    def take(self, word_bits, is_signed):
        least = -(1 << (word_bits - 1)) if is_signed else 0
        kind, number = self.draw() % 4, self.draw()
        if kind == 0:
            return least
        if kind == 1:
            return least + (1 << word_bits) - 1
        return least + number % (1 << word_bits)

    def take_matrix(self, word_bits, is_signed, n_rows, n_columns):
        return [[self.take(word_bits, is_signed) for _ in range(n_columns)] for _ in range(n_rows)]


def add_up(terms, mode, bits):
    """The sum as the register has it at the end, and whether it ever left the register."""
    low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    if mode == "saturate":
        held, left = 0, False
        for term in terms:
            left = left or not low <= held + term <= high
            held = min(max(held + term, low), high)
        return held, left
    exact = sum(terms)
    left = not low <= exact <= high
    if mode == "wrap":
        return (exact - low) % (1 << bits) + low, left
    return min(max(exact, low), high), left


def form_line(seed, a, b, size, mode, bits):
    m, k, n = size
    codes = Codes(seed)
    x = codes.take_matrix(*a, m, k)
    y = codes.take_matrix(*b, k, n)
    peak, n_left, sums = 0, 0, []
    for i in range(m):
        for j in range(n):
            terms = [x[i][p] * y[p][j] for p in range(k)]
            held, left = add_up(terms, mode, bits)
            peak = max(peak, min(abs(sum(terms)), 1 << 63))
            n_left += left
            sums.append(held)
    fields = [seed, a[0], int(a[1]), b[0], int(b[1]), m, k, n, mode, bits, n_left, peak] + sums
    return " ".join(str(field) for field in fields)


def main():
    print("# Written by matmul.py, which names the columns.")
    seed = 1
    for a in FORMATS:
        for b in FORMATS:
            size = SIZES[seed % len(SIZES)]
            print(form_line(seed, a, b, size, *REGISTERS[seed * 7 % len(REGISTERS)]))
            print(form_line(seed + 1000, a, b, size, *REGISTERS[seed * 5 % len(REGISTERS)]))
            seed += 1


if __name__ == "__main__":
    main()
