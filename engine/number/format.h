/* SPDX-License-Identifier: MIT */
/* What a fixed-point number is: word length, binary point, sign.  Anyone may use it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FXP_WORD_BITS_MAX 32
#define FXP_FRAC_BITS_MIN (-96)
#define FXP_FRAC_BITS_MAX 126

/**
 * FxpFormat:
 * @word_bits: word length in bits, 1..32, the sign bit included; 0 is the float reference
 * @frac_bits: position of the binary point, FXP_FRAC_BITS_MIN..FXP_FRAC_BITS_MAX; may be
 *   negative or exceed the word
 * @is_signed: two's complement, else unsigned
 *
 * value = code * 2^-frac_bits.  A plain value: copy it, compare it with fxp_format_equal().
 * The float reference is IEEE float32: values pass unchanged but for its own rounding.
 */
typedef struct
{
  guint8 word_bits;
  gint8 frac_bits;
  gboolean is_signed;
} FxpFormat;

#define FXP_FORMAT_FLOAT ((FxpFormat){ 0, 0, TRUE })
#define FXP_FORMAT_SIGNED(word, frac) ((FxpFormat){ (word), (frac), TRUE })
#define FXP_FORMAT_UNSIGNED(word, frac) ((FxpFormat){ (word), (frac), FALSE })

/* Memory type of an array of codes: the narrowest integer that holds every code. */
typedef enum
{
  FXP_STORAGE_I8,
  FXP_STORAGE_U8,
  FXP_STORAGE_I16,
  FXP_STORAGE_U16,
  FXP_STORAGE_I32,
  FXP_STORAGE_U32,
  FXP_STORAGE_F32,
} FxpStorage;

/* Reads `Qm.n` (1 sign + m integer + n fraction bits, either may be negative), `UQm.n`,
 * `ap_fixed<W,I>` and `ap_ufixed<W,I>` (I counts the sign), `fixdt(s,W,F)`, `float`.
 * FXP_ERROR_PARSE says what was found and expected, FXP_ERROR_RANGE which limit is passed;
 * @format is untouched then. */
gboolean fxp_format_parse (const char *text, FxpFormat *format, GError **error);
/* Writes the canonical spelling: `Q2.9`, `UQ1.7`, `Q-3.10`, `float`. */
char *fxp_format_to_string (FxpFormat self) G_GNUC_WARN_UNUSED_RESULT;
gboolean fxp_format_validate (FxpFormat self, GError **error);
gboolean fxp_format_equal (FxpFormat a, FxpFormat b);

static inline gboolean
fxp_format_is_float (FxpFormat self)
{
  return self.word_bits == 0;
}

/* Integer bits m of `Qm.n`: word less sign less fraction bits; may be negative. */
int fxp_format_get_int_bits (FxpFormat self);
/* 2^-frac_bits; 0 for float. */
double fxp_format_get_step (FxpFormat self);
/* Least and greatest code; fixed formats only. */
gint64 fxp_format_get_min_code (FxpFormat self);
gint64 fxp_format_get_max_code (FxpFormat self);
/* The same as values; -inf and +inf for float. */
double fxp_format_get_min (FxpFormat self);
double fxp_format_get_max (FxpFormat self);

FxpStorage fxp_format_get_storage (FxpFormat self);
/* Bytes of one element: 1, 2 or 4. */
gsize fxp_storage_get_size (FxpStorage self);
/* Values of @n codes stored as fxp_format_get_storage() says; exact. */
void fxp_format_decode (FxpFormat self, const void *codes, gsize n, double *values);
/* One code as an integer; fixed formats only. */
gint64 fxp_format_get_code (FxpFormat self, const void *codes, gsize i);

G_END_DECLS
