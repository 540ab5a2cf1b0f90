/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/format.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "number/error.h"
#include "number/quantizer-kernel-private.h"
#include "number/quotation-private.h"

/* Longer numbers are out of every limit whatever their digits. */
#define NUMBER_MAX 9999

/* The rest of a text being parsed; NULL once something did not match. */
typedef struct
{
  const char *rest;
  gboolean is_huge; /* a number had more digits than NUMBER_MAX */
} Reader;

static gboolean
read_word (Reader *self, const char *word)
{
  gsize length = strlen (word);

  if (self->rest == NULL || g_ascii_strncasecmp (self->rest, word, length) != 0)
    return FALSE;

  self->rest += length;
  return TRUE;
}

static void
skip_space (Reader *self)
{
  while (self->rest != NULL && g_ascii_isspace (*self->rest))
    self->rest++;
}

/* A punctuation mark with any space before and after it. */
static void
expect_mark (Reader *self, const char *mark)
{
  skip_space (self);
  if (!read_word (self, mark))
    self->rest = NULL;
  skip_space (self);
}

static int
expect_number (Reader *self)
{
  gboolean is_negative;
  int number = 0;

  if (self->rest == NULL)
    return 0;

  is_negative = *self->rest == '-';
  if (is_negative)
    self->rest++;
  if (!g_ascii_isdigit (*self->rest))
    {
      self->rest = NULL;
      return 0;
    }

  for (; g_ascii_isdigit (*self->rest); self->rest++)
    {
      number = 10 * number + (*self->rest - '0');
      self->is_huge |= number > NUMBER_MAX;
      number = MIN (number, NUMBER_MAX);
    }

  return is_negative ? -number : number;
}

/* 1 for `1` and `true`, 0 for `0` and `false`. */
static int
expect_flag (Reader *self)
{
  if (read_word (self, "1") || read_word (self, "true"))
    return 1;
  if (!read_word (self, "0") && !read_word (self, "false"))
    self->rest = NULL;
  return 0;
}

static void
expect_end (Reader *self)
{
  skip_space (self);
  if (self->rest != NULL && *self->rest != '\0')
    self->rest = NULL;
}

static gboolean
check_limits (int word_bits, int frac_bits, const char *place, GError **error)
{
  if (word_bits < 1 || word_bits > FXP_WORD_BITS_MAX)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   /* translators: %s is a number format as typed, such as "Q40.2" */
                   _ ("%s: the word has %d bits, expected 1 to %d"),
                   place,
                   word_bits,
                   FXP_WORD_BITS_MAX);
      return FALSE;
    }
  if (frac_bits < FXP_FRAC_BITS_MIN || frac_bits > FXP_FRAC_BITS_MAX)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   /* translators: %s is a number format as typed, such as "Q-126.130" */
                   _ ("%s: the fraction has %d bits, expected %d to %d"),
                   place,
                   frac_bits,
                   FXP_FRAC_BITS_MIN,
                   FXP_FRAC_BITS_MAX);
      return FALSE;
    }
  return TRUE;
}

/* `Qm.n` and `UQm.n`: two numbers and a point.  Space inside is not allowed there. */
static void
read_q (Reader *self, gboolean is_signed, int *word_bits, int *frac_bits)
{
  int int_bits = expect_number (self);

  if (!read_word (self, "."))
    self->rest = NULL;
  *frac_bits = expect_number (self);
  *word_bits = int_bits + *frac_bits + (is_signed ? 1 : 0);
}

/* `<W,I>` behind ap_fixed and ap_ufixed; I counts the sign. */
static void
read_ap_fixed (Reader *self, int *word_bits, int *frac_bits)
{
  int int_bits;

  expect_mark (self, "<");
  *word_bits = expect_number (self);
  expect_mark (self, ",");
  int_bits = expect_number (self);
  expect_mark (self, ">");
  *frac_bits = *word_bits - int_bits;
}

/* `(s,W,F)` behind fixdt. */
static void
read_fixdt (Reader *self, gboolean *is_signed, int *word_bits, int *frac_bits)
{
  expect_mark (self, "(");
  *is_signed = expect_flag (self) == 1;
  expect_mark (self, ",");
  *word_bits = expect_number (self);
  expect_mark (self, ",");
  *frac_bits = expect_number (self);
  expect_mark (self, ")");
}

/* Reads any spelling up to its last sign; an unknown one leaves @reader at its end, which is NULL.
 */
static void
read_spelling (Reader *reader,
               gboolean *is_float,
               gboolean *is_signed,
               int *word_bits,
               int *frac_bits)
{
  skip_space (reader);
  if (read_word (reader, "float"))
    *is_float = TRUE;
  else if (read_word (reader, "ap_fixed"))
    read_ap_fixed (reader, word_bits, frac_bits);
  else if (read_word (reader, "ap_ufixed"))
    {
      *is_signed = FALSE;
      read_ap_fixed (reader, word_bits, frac_bits);
    }
  else if (read_word (reader, "fixdt"))
    read_fixdt (reader, is_signed, word_bits, frac_bits);
  else if (read_word (reader, "q"))
    read_q (reader, TRUE, word_bits, frac_bits);
  else if (read_word (reader, "uq"))
    {
      *is_signed = FALSE;
      read_q (reader, FALSE, word_bits, frac_bits);
    }
  else
    reader->rest = NULL;
}

gboolean
fxp_format_parse (const char *text, FxpFormat *format, GError **error)
{
  Reader reader = {text, FALSE};
  int word_bits = 0, frac_bits = 0;
  gboolean is_signed = TRUE, is_float = FALSE;
  g_autofree char *quoted = NULL;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (format != NULL, FALSE);

  read_spelling (&reader, &is_float, &is_signed, &word_bits, &frac_bits);
  expect_end (&reader);

  quoted = fxp_quote (text);
  if (reader.rest == NULL)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_PARSE,
                   /* translators: keep the spellings, they are what a user may type */
                   _ ("%s: expected Qm.n, UQm.n, ap_fixed<W,I>, ap_ufixed<W,I>, fixdt(s,W,F) "
                      "or float"),
                   quoted);
      return FALSE;
    }
  if (reader.is_huge)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   _ ("%s: a number is too large, expected a word of 1 to %d bits and a fraction "
                      "of %d to %d bits"),
                   quoted,
                   FXP_WORD_BITS_MAX,
                   FXP_FRAC_BITS_MIN,
                   FXP_FRAC_BITS_MAX);
      return FALSE;
    }
  if (is_float)
    {
      *format = FXP_FORMAT_FLOAT;
      return TRUE;
    }
  if (!check_limits (word_bits, frac_bits, quoted, error))
    return FALSE;

  *format = (FxpFormat){(guint8)word_bits, (gint8)frac_bits, is_signed};
  return TRUE;
}

char *
fxp_format_to_string (FxpFormat self)
{
  if (fxp_format_is_float (self))
    return g_strdup ("float");

  return g_strdup_printf ("%s%d.%d",
                          self.is_signed ? "Q" : "UQ",
                          fxp_format_get_int_bits (self),
                          self.frac_bits);
}

gboolean
fxp_format_validate (FxpFormat self, GError **error)
{
  g_autofree char *text = NULL;

  if (fxp_format_is_float (self))
    return TRUE;

  text = fxp_format_to_string (self);
  return check_limits (self.word_bits, self.frac_bits, text, error);
}

gboolean
fxp_format_equal (FxpFormat a, FxpFormat b)
{
  if (fxp_format_is_float (a) || fxp_format_is_float (b))
    return a.word_bits == b.word_bits;

  return a.word_bits == b.word_bits && a.frac_bits == b.frac_bits && !a.is_signed == !b.is_signed;
}

int
fxp_format_get_int_bits (FxpFormat self)
{
  return self.word_bits - (self.is_signed ? 1 : 0) - self.frac_bits;
}

double
fxp_format_get_step (FxpFormat self)
{
  guint64 bits = (guint64)(1023 - self.frac_bits) << 52;
  double step;

  if (fxp_format_is_float (self))
    return 0.0;

  /* The exponent field alone: the value is normal for every frac_bits. */
  memcpy (&step, &bits, sizeof step);
  return step;
}

gint64
fxp_format_get_min_code (FxpFormat self)
{
  g_return_val_if_fail (!fxp_format_is_float (self), 0);

  return self.is_signed ? -(G_GINT64_CONSTANT (1) << (self.word_bits - 1)) : 0;
}

gint64
fxp_format_get_max_code (FxpFormat self)
{
  g_return_val_if_fail (!fxp_format_is_float (self), 0);

  return (G_GINT64_CONSTANT (1) << (self.word_bits - (self.is_signed ? 1 : 0))) - 1;
}

double
fxp_format_get_min (FxpFormat self)
{
  if (fxp_format_is_float (self))
    return -INFINITY;

  return (double)fxp_format_get_min_code (self) * fxp_format_get_step (self);
}

double
fxp_format_get_max (FxpFormat self)
{
  if (fxp_format_is_float (self))
    return INFINITY;

  return (double)fxp_format_get_max_code (self) * fxp_format_get_step (self);
}

FxpStorage
fxp_format_get_storage (FxpFormat self)
{
  if (fxp_format_is_float (self))
    return FXP_STORAGE_F32;
  if (self.word_bits <= 8)
    return self.is_signed ? FXP_STORAGE_I8 : FXP_STORAGE_U8;
  if (self.word_bits <= 16)
    return self.is_signed ? FXP_STORAGE_I16 : FXP_STORAGE_U16;
  return self.is_signed ? FXP_STORAGE_I32 : FXP_STORAGE_U32;
}

gsize
fxp_storage_get_size (FxpStorage self)
{
  switch (self)
    {
    case FXP_STORAGE_I8:
    case FXP_STORAGE_U8:
      return 1;
    case FXP_STORAGE_I16:
    case FXP_STORAGE_U16:
      return 2;
    case FXP_STORAGE_I32:
    case FXP_STORAGE_U32:
    case FXP_STORAGE_F32:
      return 4;
    default:
      g_return_val_if_reached (0);
    }
}

void
fxp_format_decode (FxpFormat self, const void *codes, gsize n, double *values)
{
  fxp_quantizer_kernel_get ()->decode (self, codes, n, values);
}

gint64
fxp_format_get_code (FxpFormat self, const void *codes, gsize i)
{
  switch (fxp_format_get_storage (self))
    {
    case FXP_STORAGE_I8:
      return ((const gint8 *)codes)[i];
    case FXP_STORAGE_U8:
      return ((const guint8 *)codes)[i];
    case FXP_STORAGE_I16:
      return ((const gint16 *)codes)[i];
    case FXP_STORAGE_U16:
      return ((const guint16 *)codes)[i];
    case FXP_STORAGE_I32:
      return ((const gint32 *)codes)[i];
    case FXP_STORAGE_U32:
      return ((const guint32 *)codes)[i];
    case FXP_STORAGE_F32:
    default:
      g_return_val_if_reached (0);
    }
}
