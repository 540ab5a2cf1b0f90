/* SPDX-License-Identifier: MIT */
/* The integers A and B that are applied to a product's sums. */
#include "config.h"

#include "inference/model-private.h"

#include "network/normalizer-private.h"
#include "number/error.h"
#include <glib/gi18n-lib.h>
#include <math.h>

/* |y| stays within 2^52: then a double holds it exactly, and a rounding bit besides. */
#define OUTPUT_MAX 4503599627370496.0
/* With sums up to here A keeps at least 12 of its bits, or adds less than one part in 2^12. */
#define SUM_BITS_MAX 40
#define FACTOR_MAX   ((1 << (FXP_AFFINE_BITS - 1)) - 1)
#define EXPONENT_MIN (-FXP_FRAC_BITS_MAX)
#define EXPONENT_MAX (-FXP_FRAC_BITS_MIN)

static double
get_max (const double *values, gsize n)
{
  double max = 0;

  for (gsize i = 0; i < n; i++)
    max = fmax (max, values[i]);
  return max;
}

static double
get_real_factor (const FxpNode *node, gsize unit)
{
  if (node->gamma == NULL)
    return 1.0;
  return node->gamma[unit] / sqrt (node->variance[unit] + FXP_NORMALIZER_EPSILON);
}

static gboolean
fail (const FxpModel *self, const FxpNode *node, GError **error, const char *format, ...)
  G_GNUC_PRINTF (4, 5);

/* @format: what is wrong with the layer and what was expected, translated. */
static gboolean
fail (const FxpModel *self, const FxpNode *node, GError **error, const char *format, ...)
{
  g_autofree char *name = fxp_node_get_name (self, node);
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  /* translators: a layer's name, as in: conv2: what is wrong with it */
  g_set_error (error, FXP_ERROR, FXP_ERROR_RANGE, _ ("%s: %s"), name, what);
  return FALSE;
}

static gboolean
check_values (const FxpModel *self, const FxpNode *node, GError **error)
{
  for (gsize i = 0; i < node->output.dim[0]; i++)
    {
      if (isfinite (node->beta[i]) && isfinite (get_real_factor (node, i)) &&
          (node->mean == NULL || isfinite (node->mean[i])))
        continue;
      return fail (self,
                   node,
                   error,
                   node->gamma != NULL
                     ? _ ("batch normalization of channel %zu holds no number; expected a network "
                          "that has not diverged")
                     : _ ("the bias of unit %zu is no number; expected a network that has not "
                          "diverged"),
                   i + 1);
    }
  return TRUE;
}

/* The abs-max rule for 16 bits, so that 1 has -14; not so fine that no format had y's exponent. */
static int
choose_exponent (const FxpModel *self, const FxpNode *node)
{
  double max = 0;
  int exponent = 0;

  for (gsize i = 0; i < node->output.dim[0]; i++)
    max = fmax (max, fabs (get_real_factor (node, i)));
  if (max > 0)
    {
      frexp (max, &exponent);
      exponent -= FXP_AFFINE_BITS - 1;
    }
  return MAX (exponent, EXPONENT_MIN - fxp_node_get_sum_exponent (self, node));
}

/* A and B with the node's exponent; FALSE if y could exceed its bound.  @bounds: on |acc|,
 * per unit. */
static gboolean
round_affine (const FxpModel *self, FxpNode *node, const double *bounds)
{
  const int exponent = fxp_node_get_exponent (self, node);

  for (gsize i = 0; i < node->output.dim[0]; i++)
    {
      const double real = get_real_factor (node, i);
      const double factor = floor (ldexp (real, -node->factor_exponent) + 0.5);
      double offset = node->beta[i];

      node->factors[i] = (gint16)CLAMP (factor, -FACTOR_MAX, FACTOR_MAX);
      /* The mean is what A as it is takes it for, so that the centre of a channel stays. */
      if (node->mean != NULL)
        offset -= ldexp (node->factors[i], node->factor_exponent) * node->mean[i];
      offset = floor (ldexp (offset, -exponent) + 0.5);
      if (!(fabs (offset) + bounds[i] * ABS (node->factors[i]) <= OUTPUT_MAX))
        return FALSE;
      node->offsets[i] = (gint64)offset;
    }
  return TRUE;
}

gboolean
fxp_node_form_affine (const FxpModel *self, FxpNode *node, GError **error)
{
  const gsize n = node->output.dim[0];
  const guint32 input_max = fxp_codes_get_max (fxp_model_get_format (self, node->from));
  g_autofree double *bounds = fxp_node_bound_sums (node, input_max);
  const double bound = get_max (bounds, n);

  if (!check_values (self, node, error))
    return FALSE;
  if (bound > ldexp (1, SUM_BITS_MAX))
    return fail (self,
                 node,
                 error,
                 _ ("its sums may reach %.3g, which leaves no room for 16-bit factors in 52 bits; "
                    "expected at most 2^%d: fewer bits of weights or activations, or fewer inputs"),
                 bound,
                 SUM_BITS_MAX);
  node->is_wide = bound > G_MAXINT32;
  if (node->factors == NULL)
    {
      node->factors = g_new0 (gint16, n);
      node->offsets = g_new0 (gint64, n);
    }
  node->factor_exponent = choose_exponent (self, node);
  while (!round_affine (self, node, bounds) && fxp_node_get_exponent (self, node) <= EXPONENT_MAX)
    node->factor_exponent++;
  if (fxp_node_get_exponent (self, node) > EXPONENT_MAX)
    return fail (self,
                 node,
                 error,
                 _ ("its outputs may reach 2^%d; expected a network that has not diverged"),
                 EXPONENT_MAX + 52);
  return TRUE;
}
