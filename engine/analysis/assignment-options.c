/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/criteria.h"

#include "number/error.h"
#include "number/quotation-private.h"
#include <glib/gi18n-lib.h>
#include <math.h>

#define EXTRA_BITS_MAX 16
#define BITS_MAX_LEAST 2

static const char *const nicks[FXP_N_VARIANTS] = {
  [FXP_VARIANT_PAPER] = "paper",
  [FXP_VARIANT_CODE] = "code",
};

const char *
fxp_variant_get_nick (FxpVariant self)
{
  g_return_val_if_fail ((guint)self < FXP_N_VARIANTS, NULL);

  return nicks[self];
}

gboolean
fxp_variant_parse (const char *text, FxpVariant *variant, GError **error)
{
  g_autofree char *found = NULL;

  g_return_val_if_fail (text != NULL && variant != NULL, FALSE);

  for (guint i = 0; i < FXP_N_VARIANTS; i++)
    if (g_str_equal (text, nicks[i]))
      {
        *variant = i;
        return TRUE;
      }
  found = fxp_quote (text);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("%s is not a variant of the criteria; expected paper or code"),
               found);
  return FALSE;
}

void
fxp_assignment_options_init (FxpAssignmentOptions *self, FxpVariant variant)
{
  g_return_if_fail (self != NULL && (guint)variant < FXP_N_VARIANTS);

  *self = (FxpAssignmentOptions){
    .variant = variant,
    .smoothing = 1,
    .gradient_range = 4,
    .gradient_margin = 1,
    .fourth_root = TRUE,
    .jacobian = FXP_JACOBIAN_EXACT,
    .target = 0.01,
    .bits_max = 24,
    .deviation_floor = 0x1p-12,
    .input_bits = 8,
  };
  if (variant == FXP_VARIANT_CODE)
    {
      /* A variance that is high for one step raises its average by the tenth part. */
      self->smoothing = 1 / sqrt (0.1);
      self->gradient_range = 8;
      self->gradient_margin = 2;
      self->fourth_root = FALSE;
      self->jacobian = FXP_JACOBIAN_SIMPLIFIED;
    }
}

/* One sentence about a number that is not what it should be. */
static gboolean
refuse (const char *name, double found, const char *expected, GError **error)
{
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_RANGE,
               /* translators: name of an option, the number found, and what was expected of it */
               _ ("%s is %g; expected %s"),
               name,
               found,
               expected);
  return FALSE;
}

static gboolean
is_positive (double x)
{
  return isfinite (x) && x > 0;
}

static gboolean
is_margin (double x)
{
  int exponent;

  return isfinite (x) && x >= 1 && frexp (x, &exponent) == 0.5;
}

gboolean
fxp_assignment_options_validate (const FxpAssignmentOptions *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail ((guint)self->variant < FXP_N_VARIANTS, FALSE);
  g_return_val_if_fail ((guint)self->jacobian < FXP_N_JACOBIANS, FALSE);

  if (!is_positive (self->smoothing))
    return refuse (_ ("The factor c of smoothing"), self->smoothing, _ ("more than 0"), error);
  if (!is_positive (self->gradient_range))
    return refuse (_ ("The factor k of G_A's range"),
                   self->gradient_range,
                   _ ("more than 0"),
                   error);
  if (!is_margin (self->gradient_margin))
    return refuse (_ ("The margin of G_A's range"),
                   self->gradient_margin,
                   _ ("a power of two, 1 or more"),
                   error);
  if (!is_positive (self->target) || self->target > 1)
    return refuse (_ ("The target of p_m"), self->target, _ ("more than 0, at most 1"), error);
  if (self->extra_bits > EXTRA_BITS_MAX)
    return refuse (_ ("The number of extra bits"), self->extra_bits, _ ("0 to 16"), error);
  if (self->bits_max < BITS_MAX_LEAST || self->bits_max > FXP_WORD_BITS_MAX)
    return refuse (_ ("The greatest word length"), self->bits_max, _ ("2 to 32"), error);
  if (!is_positive (self->deviation_floor) || self->deviation_floor > 1)
    return refuse (_ ("The floor of σ_min"),
                   self->deviation_floor,
                   _ ("more than 0, at most 1"),
                   error);
  if (self->input_bits > FXP_WORD_BITS_MAX)
    return refuse (_ ("The word length of the input"),
                   self->input_bits,
                   _ ("1 to 32, or 0 for one that is equalized"),
                   error);
  return TRUE;
}
