/* SPDX-License-Identifier: MIT */
/* Pairs of operands that meet every way of forming the sums of windows: whole and in parts, short
 * by their formats, by their codes alone and not at all, in bytes and floats, in all registers. */
#pragma once

#include "code-array.h"
#include "tensor/sum-register.h"

typedef struct
{
  FxpFormat a, b; /* what is framed, and what is packed */
  CodeChoice a_codes, b_codes;
  FxpSumRegister sum;
} Operands;

static const Operands operands[] = {
  {{8, 5, TRUE}, {8, 7, TRUE}, CODES_RANDOM, CODES_RANDOM, {FXP_SUM_EXACT, 64}},
  {{16, 9, TRUE}, {16, 15, TRUE}, CODES_LEAST, CODES_LEAST, {FXP_SUM_EXACT, 64}},
  {{0, 0, TRUE}, {0, 0, TRUE}, CODES_RANDOM, CODES_RANDOM, {FXP_SUM_EXACT, 64}},
  {{12, 3, TRUE}, {12, 3, TRUE}, CODES_LEAST, CODES_LEAST, {FXP_SUM_WRAP, 20}},
  {{7, 7, FALSE}, {2, 1, TRUE}, CODES_GREATEST, CODES_LEAST, {FXP_SUM_SATURATE, 40}},
  {{8, 8, FALSE}, {8, 6, TRUE}, CODES_GREATEST, CODES_LEAST, {FXP_SUM_SATURATE, 48}},
  {{15, 0, FALSE}, {11, -2, TRUE}, CODES_RANDOM, CODES_RANDOM, {FXP_SUM_WRAP, 16}},
  {{0, 0, TRUE}, {12, 11, TRUE}, CODES_RANDOM, CODES_RANDOM, {FXP_SUM_WRAP, 8}},
  {{16, 12, TRUE}, {16, 14, TRUE}, CODES_RANDOM, CODES_RANDOM, {FXP_SUM_SATURATE, 60}},
  {{16, 16, FALSE}, {0, 0, TRUE}, CODES_RANDOM, CODES_RANDOM, {FXP_SUM_EXACT, 64}},
  {{2, 0, FALSE}, {2, 0, FALSE}, CODES_RANDOM, CODES_RANDOM, {FXP_SUM_WRAP, 2}},
  {{9, 9, TRUE}, {15, 30, FALSE}, CODES_RANDOM, CODES_RANDOM, {FXP_SUM_EXACT, 64}},
  {{12, 8, TRUE}, {8, 9, TRUE}, CODES_RANDOM, CODES_RANDOM, {FXP_SUM_EXACT, 64}},
  {{16, 9, TRUE}, {16, 3, TRUE}, CODES_LEAST, CODES_SMALL, {FXP_SUM_EXACT, 64}},
  {{12, 8, TRUE}, {12, 2, TRUE}, CODES_RANDOM, CODES_SMALL, {FXP_SUM_WRAP, 9}},
  {{15, 9, FALSE}, {9, 3, FALSE}, CODES_GREATEST, CODES_SMALL, {FXP_SUM_SATURATE, 60}},
  {{16, 9, TRUE}, {12, 3, TRUE}, CODES_LEAST, CODES_LEAST, {FXP_SUM_EXACT, 64}},
  {{8, 8, TRUE}, {12, 9, TRUE}, CODES_RANDOM, CODES_RANDOM, {FXP_SUM_EXACT, 64}},
};
