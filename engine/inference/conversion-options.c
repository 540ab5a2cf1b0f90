/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/model.h"

#include "number/error.h"
#include "number/quotation-private.h"
#include <glib/gi18n-lib.h>

#define ACTIVATION_BITS_MIN     2
#define ACTIVATION_BITS_MAX     16
#define ACTIVATION_BITS_FLOAT   32
#define INTERMEDIATE_BITS_MIN   8
#define INTERMEDIATE_BITS_MAX   16
#define CALIBRATION_BATCHES_MAX 10000
#define CALIBRATION_SIZE_MAX    4096

static const char *const nicks[FXP_N_EXPONENTS] = {
  [FXP_EXPONENTS_STATIC] = "static",
  [FXP_EXPONENTS_DYNAMIC] = "dynamic",
  [FXP_EXPONENTS_PREDICTIVE] = "predictive",
};

const char *
fxp_exponents_get_nick (FxpExponents self)
{
  g_return_val_if_fail ((guint)self < FXP_N_EXPONENTS, NULL);

  return nicks[self];
}

gboolean
fxp_exponents_parse (const char *text, FxpExponents *exponents, GError **error)
{
  g_autofree char *found = NULL;

  g_return_val_if_fail (text != NULL && exponents != NULL, FALSE);

  for (guint i = 0; i < FXP_N_EXPONENTS; i++)
    if (g_str_equal (text, nicks[i]))
      {
        *exponents = i;
        return TRUE;
      }
  found = fxp_quote (text);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("%s is no way to choose exponents; expected static, dynamic or predictive"),
               found);
  return FALSE;
}

void
fxp_conversion_options_init (FxpConversionOptions *self)
{
  g_return_if_fail (self != NULL);

  *self = (FxpConversionOptions){
    .last = FXP_LAST_WEIGHTS_BYTE,
    .activation_bits = 8,
    .scaling = FXP_SCALING_ABS_MAX,
    .exponents = FXP_EXPONENTS_STATIC,
    .calibration_batches = 20,
    .calibration_size = 128,
  };
  fxp_cluster_options_init (&self->clusters);
}

static gboolean
check_count (const char *name, guint found, guint max, GError **error)
{
  if (found >= 1 && found <= max)
    return TRUE;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_RANGE,
               /* translators: what is counted, how many, and the greatest number possible */
               _ ("%s: %u is out of range; expected 1 to %u"),
               name,
               found,
               max);
  return FALSE;
}

static gboolean
check_activation_bits (const FxpConversionOptions *self, GError **error)
{
  const guint bits = self->activation_bits;

  if (bits == ACTIVATION_BITS_FLOAT && self->clusters.method != FXP_CLUSTER_NONE)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   _ ("activation bits: float activations leave nothing to convert, but the "
                      "clusters' method is %s; expected none, or 2 to 16 bits"),
                   fxp_cluster_method_get_nick (self->clusters.method));
      return FALSE;
    }
  if ((bits >= ACTIVATION_BITS_MIN && bits <= ACTIVATION_BITS_MAX) || bits == ACTIVATION_BITS_FLOAT)
    return TRUE;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_RANGE,
               _ ("activation bits: %u is out of range; expected 2 to 16, or 32 for float"),
               bits);
  return FALSE;
}

/* Only what is multiplied has anything to gain. */
static gboolean
check_intermediate_bits (const FxpConversionOptions *self, GError **error)
{
  const guint bits = self->intermediate_bits;
  const FxpClusterMethod method = self->clusters.method;

  if (bits == 0)
    return TRUE;
  if (bits < INTERMEDIATE_BITS_MIN || bits > INTERMEDIATE_BITS_MAX)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   _ ("intermediate bits: %u is out of range; expected 8 to 16, or 0 for exact "
                      "sums"),
                   bits);
      return FALSE;
    }
  if (method != FXP_CLUSTER_NONE && method != FXP_CLUSTER_POWER)
    return TRUE;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_RANGE,
               _ ("intermediate bits: sums of clusters are not multiplied where the method is %s; "
                  "expected a method with 8-bit scales, or exact sums"),
               fxp_cluster_method_get_nick (method));
  return FALSE;
}

/* Of 2 bits every code but 0 is the greatest one: the controller takes all that is not 0 for an
 * overflow, and comes to rest where hardly anything is. */
static gboolean
check_controller (guint activation_bits, GError **error)
{
  if (activation_bits > ACTIVATION_BITS_MIN)
    return TRUE;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_RANGE,
               _ ("activation bits: %u, of which every code but 0 counts as overflow; expected "
                  "more, or abs-max, ristretto or niti instead of overflow-rate"),
               activation_bits);
  return FALSE;
}

static gboolean
check_scaling (const FxpConversionOptions *self, GError **error)
{
  switch (self->scaling)
    {
    case FXP_SCALING_OVERFLOW_RATE:
      return check_controller (self->activation_bits, error);
    case FXP_SCALING_ABS_MAX:
    case FXP_SCALING_RISTRETTO:
    case FXP_SCALING_NITI:
      return TRUE;
    case FXP_SCALING_FIXED:
    case FXP_SCALING_PREDICTIVE:
    case FXP_N_SCALINGS:
    default:
      break;
    }
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_RANGE,
               _ ("%s is no rule for exponents that are calibrated; expected abs-max, ristretto, "
                  "niti or overflow-rate"),
               fxp_scaling_get_nick (self->scaling));
  return FALSE;
}

gboolean
fxp_conversion_options_validate (const FxpConversionOptions *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!check_activation_bits (self, error) || !check_intermediate_bits (self, error))
    return FALSE;
  if (fxp_conversion_options_is_off (self))
    return TRUE;
  if (self->last == FXP_LAST_WEIGHTS_FLOAT)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   _ ("float weights of the last layer have no integer form; expected 8 or "
                      "clusters"));
      return FALSE;
    }
  return fxp_cluster_options_validate (&self->clusters, error) && check_scaling (self, error) &&
         check_count (_ ("calibration batches"),
                      self->calibration_batches,
                      CALIBRATION_BATCHES_MAX,
                      error) &&
         check_count (_ ("samples of a calibration batch"),
                      self->calibration_size,
                      CALIBRATION_SIZE_MAX,
                      error);
}

gboolean
fxp_conversion_options_is_off (const FxpConversionOptions *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->activation_bits == ACTIVATION_BITS_FLOAT &&
         self->clusters.method == FXP_CLUSTER_NONE;
}
