/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/topology-token-private.h"

#include "experiment/topology-private.h"
#include "number/quotation-private.h"
#include <glib/gi18n-lib.h>

#define KERNEL_MAX  64
#define STRIDE_MAX  64
#define PERCENT_MAX 99
/* Any number above every limit; longer digit strings stop growing here. */
#define NUMBER_MAX G_GUINT64_CONSTANT (1000000000000)

/* The projection of a residual block that does not say how its input is to fit. */
#define PROJECTION_DEFAULT 1

gboolean
fxp_token_fail (const FxpToken *self, FxpError code, GError **error, const char *reason, ...)
{
  g_autofree char *text = fxp_quote (self->text);
  g_autofree char *word = g_strndup (self->text + self->start, self->length);
  g_autofree char *quoted = fxp_quote (word);
  g_autofree char *why = NULL;
  va_list args;

  va_start (args, reason);
  why = g_strdup_vprintf (reason, args);
  va_end (args);
  g_set_error (error,
               FXP_ERROR,
               code,
               _ ("%s: token %u %s at character %u: %s"),
               text,
               self->spec.token,
               quoted,
               (guint)self->start + 1,
               why);
  return FALSE;
}

gboolean
fxp_token_fail_unknown (const FxpToken *self, GError **error)
{
  return fxp_token_fail (self,
                         FXP_ERROR_PARSE,
                         error,
                         _ ("expected N, NFC, NCk, BN, MPk, APk, GAP, Dp, RES(F), CxHxW or "
                            "nx(...)"));
}

gboolean
fxp_take_number (const char **at, guint64 *number)
{
  const char *start = *at;

  *number = 0;
  for (; g_ascii_isdigit (**at); (*at)++)
    *number = MIN (*number * 10 + (guint64)(**at - '0'), NUMBER_MAX);
  return *at > start;
}

/* The prefix at @at, which is then behind it. */
static gboolean
take_prefix (const char **at, const char *prefix)
{
  if (!g_str_has_prefix (*at, prefix))
    return FALSE;
  *at += strlen (prefix);
  return TRUE;
}

static gboolean
set_units (FxpToken *self, guint64 units, GError **error)
{
  if (units < 1 || units > FXP_TOPOLOGY_UNITS_MAX)
    return fxp_token_fail (self,
                           FXP_ERROR_RANGE,
                           error,
                           _ ("the number of units is not in 1..%d"),
                           FXP_TOPOLOGY_UNITS_MAX);
  self->spec.units = units;
  return TRUE;
}

static gboolean
set_kernel (FxpToken *self, guint64 kernel, GError **error)
{
  if (kernel < 1 || kernel > KERNEL_MAX)
    return fxp_token_fail (self,
                           FXP_ERROR_RANGE,
                           error,
                           _ ("the side of the window is not in 1..%d"),
                           KERNEL_MAX);
  self->spec.kernel = kernel;
  return TRUE;
}

static gboolean
set_padding (FxpToken *self, guint64 padding, GError **error)
{
  if (padding >= self->spec.kernel)
    return fxp_token_fail (self,
                           FXP_ERROR_RANGE,
                           error,
                           _ ("the padding is not in 0..%u, less than its kernel"),
                           self->spec.kernel - 1);
  self->spec.padding = padding;
  return TRUE;
}

static gboolean
set_stride (FxpToken *self, guint64 stride, GError **error)
{
  if (stride < 1 || stride > STRIDE_MAX)
    return fxp_token_fail (self,
                           FXP_ERROR_RANGE,
                           error,
                           _ ("the stride is not in 1..%d"),
                           STRIDE_MAX);
  self->spec.stride = stride;
  return TRUE;
}

static gboolean
set_percent (FxpToken *self, guint64 percent, GError **error)
{
  if (percent < 1 || percent > PERCENT_MAX)
    return fxp_token_fail (self,
                           FXP_ERROR_RANGE,
                           error,
                           _ ("the percentage of dropout is not in 1..%d"),
                           PERCENT_MAX);
  self->spec.percent = percent;
  return TRUE;
}

/* k, kP, kPp, each with /s behind it or not. */
static gboolean
read_convolution (FxpToken *self, guint64 units, const char *rest, GError **error)
{
  guint64 kernel, padding = 0, stride = 1;
  gboolean is_half = FALSE;

  if (!fxp_take_number (&rest, &kernel))
    return fxp_token_fail_unknown (self, error);
  if (take_prefix (&rest, "P"))
    is_half = !fxp_take_number (&rest, &padding);
  if (take_prefix (&rest, "/") && !fxp_take_number (&rest, &stride))
    return fxp_token_fail_unknown (self, error);
  if (*rest != '\0')
    return fxp_token_fail_unknown (self, error);
  self->spec.kind = FXP_LAYER_CONVOLUTION;
  return set_units (self, units, error) && set_kernel (self, kernel, error) &&
         set_padding (self, is_half ? kernel / 2 : padding, error) &&
         set_stride (self, stride, error);
}

static gboolean
read_pooling (FxpToken *self, FxpLayerKind kind, const char *rest, GError **error)
{
  guint64 kernel;

  if (!fxp_take_number (&rest, &kernel) || *rest != '\0')
    return fxp_token_fail_unknown (self, error);
  self->spec.kind = kind;
  if (!set_kernel (self, kernel, error))
    return FALSE;
  self->spec.stride = self->spec.kernel;
  return TRUE;
}

static gboolean
read_dropout (FxpToken *self, const char *rest, GError **error)
{
  guint64 percent;

  if (!fxp_take_number (&rest, &percent) || *rest != '\0')
    return fxp_token_fail_unknown (self, error);
  self->spec.kind = FXP_LAYER_DROPOUT;
  return set_percent (self, percent, error);
}

gboolean
fxp_token_read_bare (FxpToken *self, guint64 units, GError **error)
{
  self->spec.kind = FXP_LAYER_DENSE;
  self->is_bare = TRUE;
  return set_units (self, units, error);
}

gboolean
fxp_token_read (FxpToken *self, const char *word, GError **error)
{
  const char *rest = word;
  guint64 units;

  if (take_prefix (&rest, "MP"))
    return read_pooling (self, FXP_LAYER_MAX_POOLING, rest, error);
  if (take_prefix (&rest, "AP"))
    return read_pooling (self, FXP_LAYER_AVERAGE_POOLING, rest, error);
  if (g_str_equal (rest, "GAP"))
    {
      self->spec.kind = FXP_LAYER_AVERAGE_POOLING;
      return TRUE;
    }
  if (g_str_equal (rest, "BN"))
    {
      self->spec.kind = FXP_LAYER_BATCH_NORM;
      return TRUE;
    }
  if (take_prefix (&rest, "D"))
    return read_dropout (self, rest, error);
  if (!fxp_take_number (&rest, &units))
    return fxp_token_fail_unknown (self, error);
  if (g_str_equal (rest, "FC"))
    {
      self->spec.kind = FXP_LAYER_DENSE;
      return set_units (self, units, error);
    }
  if (take_prefix (&rest, "C"))
    return read_convolution (self, units, rest, error);
  return fxp_token_fail_unknown (self, error);
}

/* What a residual block's options have said so far. */
typedef struct
{
  gboolean shortcut, dropout, normalization;
} Given;

static gboolean
read_option (FxpToken *self, const char *option, Given *given, GError **error)
{
  g_autofree char *word = g_ascii_strup (option, -1);
  g_autofree char *found = fxp_quote (option);
  const char *rest = word;
  gboolean *about;
  guint64 percent = 0;

  if (g_str_equal (word, "P3") || g_str_equal (word, "P1") || g_str_equal (word, "I"))
    about = &given->shortcut;
  else if (g_str_equal (word, "NOBN"))
    about = &given->normalization;
  else if (take_prefix (&rest, "D") && fxp_take_number (&rest, &percent) && *rest == '\0')
    about = &given->dropout;
  else
    return fxp_token_fail (self,
                           FXP_ERROR_PARSE,
                           error,
                           _ ("%s is not an option of a residual block; expected P3, P1, I, Dp or "
                              "NOBN"),
                           found);
  if (*about)
    return fxp_token_fail (self,
                           FXP_ERROR_PARSE,
                           error,
                           _ ("its option %s comes after another one of the same purpose"),
                           found);
  *about = TRUE;
  if (about == &given->shortcut)
    self->spec.kernel = *word == 'I' ? 0 : (guint)g_ascii_digit_value (word[1]);
  else if (about == &given->normalization)
    self->normalizes = FALSE;
  else
    return set_percent (self, percent, error);
  return TRUE;
}

gboolean
fxp_token_read_block (FxpToken *self, const char *inside, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (inside, ",", -1);
  Given given = {FALSE};
  guint64 units, stride = 1;
  const char *rest = parts[0] != NULL ? g_strstrip (parts[0]) : "";

  self->spec.kind = FXP_LAYER_ADDITION;
  self->spec.kernel = PROJECTION_DEFAULT;
  self->normalizes = TRUE;
  if (!fxp_take_number (&rest, &units) ||
      (take_prefix (&rest, "/") && !fxp_take_number (&rest, &stride)) || *rest != '\0')
    return fxp_token_fail (self,
                           FXP_ERROR_PARSE,
                           error,
                           _ ("expected RES(F) or RES(F/s) with options behind commas"));
  if (!set_units (self, units, error) || !set_stride (self, stride, error))
    return FALSE;
  for (guint i = 1; parts[i] != NULL; i++)
    if (!read_option (self, g_strstrip (parts[i]), &given, error))
      return FALSE;
  return TRUE;
}

static void
write_block (const FxpToken *self, GString *text)
{
  g_string_append_printf (text, "RES(%u", self->spec.units);
  if (self->spec.stride > 1)
    g_string_append_printf (text, "/%u", self->spec.stride);
  if (self->spec.kernel == 0)
    g_string_append (text, ",I");
  else if (self->spec.kernel != PROJECTION_DEFAULT)
    g_string_append_printf (text, ",P%u", self->spec.kernel);
  if (self->spec.percent > 0)
    g_string_append_printf (text, ",D%u", self->spec.percent);
  if (!self->normalizes)
    g_string_append (text, ",NOBN");
  g_string_append_c (text, ')');
}

void
fxp_token_write (const FxpToken *self, GString *text)
{
  g_autofree char *word = NULL;

  if (self->spec.kind == FXP_LAYER_ADDITION)
    write_block (self, text);
  else if (self->is_bare)
    g_string_append_printf (text, "%u", self->spec.units);
  else
    {
      word = fxp_layer_spec_to_string (&self->spec);
      g_string_append (text, word);
    }
}
