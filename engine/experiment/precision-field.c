/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/precision-field-private.h"

#include "experiment/setting-type-private.h"
#include "number/error.h"
#include <glib/gi18n-lib.h>

static char *
get_format (const FxpLayerPrecision *row, guint column)
{
  return fxp_format_to_string (row->quantizers[column].format);
}

static gboolean
set_format (FxpLayerPrecision *row, guint column, const char *text, GError **error)
{
  return fxp_format_parse (text, &row->quantizers[column].format, error);
}

static char *
get_rounding (const FxpLayerPrecision *row, guint column)
{
  return g_strdup (fxp_rounding_get_nick (row->quantizers[column].rounding));
}

static gboolean
set_rounding (FxpLayerPrecision *row, guint column, const char *text, GError **error)
{
  return fxp_rounding_parse (text, &row->quantizers[column].rounding, error);
}

static char *
get_overflow (const FxpLayerPrecision *row, guint column)
{
  return g_strdup (fxp_overflow_get_nick (row->quantizers[column].overflow));
}

static gboolean
set_overflow (FxpLayerPrecision *row, guint column, const char *text, GError **error)
{
  return fxp_overflow_parse (text, &row->quantizers[column].overflow, error);
}

/* Word length with the integer bits kept. */
static gboolean
set_word_bits (FxpLayerPrecision *row, guint column, const char *text, GError **error)
{
  FxpFormat *format = &row->quantizers[column].format;
  guint64 bits;
  int frac_bits;

  if (!fxp_parse_count (text, 1, FXP_WORD_BITS_MAX, &bits, error))
    return FALSE;
  if (fxp_format_is_float (*format))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   _ ("%s is float, which has no word length; expected that a fixed-point format "
                      "is set first"),
                   fxp_role_get_nick (column));
      return FALSE;
    }
  frac_bits = (int)bits - (format->is_signed ? 1 : 0) - fxp_format_get_int_bits (*format);
  if (frac_bits < FXP_FRAC_BITS_MIN || frac_bits > FXP_FRAC_BITS_MAX)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   _ ("a word of %d bits would have %d fraction bits; expected %d..%d"),
                   (int)bits,
                   frac_bits,
                   FXP_FRAC_BITS_MIN,
                   FXP_FRAC_BITS_MAX);
      return FALSE;
    }
  format->word_bits = bits;
  format->frac_bits = frac_bits;
  return TRUE;
}

static char *
get_scaling (const FxpLayerPrecision *row, guint column)
{
  return g_strdup (fxp_scaling_get_nick (row->scalings[column]));
}

static gboolean
set_scaling (FxpLayerPrecision *row, guint column, const char *text, GError **error)
{
  return fxp_scaling_parse (text, &row->scalings[column], error);
}

static char *
get_register (const FxpLayerPrecision *row, guint column)
{
  return g_strdup (fxp_sum_mode_get_nick (row->sum.mode));
}

static gboolean
set_register (FxpLayerPrecision *row, guint column, const char *text, GError **error)
{
  return fxp_sum_mode_parse (text, &row->sum.mode, error);
}

/* An exact register has no width of its own, so the default is not worth a line. */
static char *
get_sum_bits (const FxpLayerPrecision *row, guint column)
{
  if (row->sum.mode == FXP_SUM_EXACT && row->sum.bits == FXP_SUM_REGISTER_EXACT.bits)
    return NULL;
  return g_strdup_printf ("%u", row->sum.bits);
}

static gboolean
set_sum_bits (FxpLayerPrecision *row, guint column, const char *text, GError **error)
{
  guint64 bits;

  if (!fxp_parse_count (text, FXP_SUM_BITS_MIN, FXP_SUM_BITS_MAX, &bits, error))
    return FALSE;
  row->sum.bits = bits;
  return TRUE;
}

static const FxpPrecisionField fields[] = {
  {"format", FALSE, NULL, get_format, set_format},
  {"rounding", FALSE, NULL, get_rounding, set_rounding},
  {"overflow", FALSE, NULL, get_overflow, set_overflow},
  {"scaling", FALSE, "fixed", get_scaling, set_scaling},
  {"bits", FALSE, NULL, NULL, set_word_bits},
  {"register", TRUE, NULL, get_register, set_register},
  {"bits", TRUE, NULL, get_sum_bits, set_sum_bits},
};

const FxpPrecisionField *
fxp_precision_fields_get (guint *n)
{
  *n = G_N_ELEMENTS (fields);
  return fields;
}

const FxpPrecisionField *
fxp_precision_field_find (gboolean of_sum, const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (fields[i].of_sum == of_sum && g_str_equal (fields[i].name, name))
      return &fields[i];
  return NULL;
}
