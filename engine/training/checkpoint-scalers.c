/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/checkpoint-content-private.h"
#include "training/checkpoint-scalers-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

GVariant *
fxp_checkpoint_pack_scalers (const FxpCheckpoint *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (FXP_CHECKPOINT_SCALERS_TYPE));
  for (guint i = 0; i < self->scalers->len; i++)
    {
      const FxpStoredScaler *stored = &g_array_index (self->scalers, FxpStoredScaler, i);
      const FxpScaler *scaler = &stored->scaler;

      g_variant_builder_add (&builder,
                             "(qqiudd@ad)",
                             stored->id.layer,
                             stored->id.role,
                             scaler->exponent,
                             scaler->n_arrays,
                             scaler->overflow,
                             scaler->overflow_half,
                             g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE,
                                                        scaler->maxima,
                                                        scaler->n_maxima,
                                                        sizeof scaler->maxima[0]));
    }
  return g_variant_builder_end (&builder);
}

/* Whether a run of @experiment has a scaler for the cell: the tensor is there, this cell holds it,
 * and its binary point moves. */
static gboolean
is_scaled (const FxpExperiment *experiment, FxpTensorId id)
{
  return fxp_experiment_has_tensor (experiment, id) &&
         fxp_experiment_get_owner (experiment, id).layer == id.layer &&
         fxp_experiment_get_scaling (experiment, id) != FXP_SCALING_FIXED &&
         !fxp_format_is_float (fxp_experiment_get_quantizer (experiment, id)->format);
}

static gboolean
is_amount (double value)
{
  return isfinite (value) && value >= 0.0;
}

/* Whatever a scaler may have come to, and nothing else. */
static gboolean
check_scaler (const FxpScaler *self, gsize n_maxima)
{
  if (self->exponent < -FXP_FRAC_BITS_MAX || self->exponent > -FXP_FRAC_BITS_MIN ||
      !is_amount (self->overflow) || !is_amount (self->overflow_half) ||
      n_maxima > FXP_SCALER_QUEUE)
    return FALSE;
  for (guint i = 0; i < n_maxima; i++)
    if (!is_amount (self->maxima[i]))
      return FALSE;
  return TRUE;
}

/* FALSE if @part is not the scaler of the cell @stored names. */
static gboolean
read_scaler (GVariant *part, FxpStoredScaler *stored)
{
  FxpScaler *scaler = &stored->scaler;
  g_autoptr (GVariant) list = NULL;
  const double *maxima;
  guint16 layer, role;
  gsize n;

  g_variant_get (part,
                 "(qqiudd@ad)",
                 &layer,
                 &role,
                 &scaler->exponent,
                 &scaler->n_arrays,
                 &scaler->overflow,
                 &scaler->overflow_half,
                 &list);
  maxima = g_variant_get_fixed_array (list, &n, sizeof *maxima);
  for (gsize i = 0; i < MIN (n, FXP_SCALER_QUEUE); i++)
    scaler->maxima[i] = maxima[i];
  scaler->n_maxima = (guint32)MIN (n, FXP_SCALER_QUEUE);
  return layer == stored->id.layer && role == stored->id.role && check_scaler (scaler, n);
}

/* The cells that have one, in order. */
static GArray *
list_scalers (const FxpExperiment *experiment)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (FxpStoredScaler));

  for (guint layer = 0; layer < fxp_experiment_get_n_weighted (experiment); layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      {
        const FxpStoredScaler stored = {.id = {layer, role}};

        if (is_scaled (experiment, stored.id))
          g_array_append_val (list, stored);
      }
  return list;
}

gboolean
fxp_checkpoint_unpack_scalers (FxpCheckpoint *self,
                               GVariant *scalers,
                               const char *name,
                               gsize offset,
                               GError **error)
{
  g_autoptr (GArray) list = list_scalers (self->experiment);
  gsize n = g_variant_n_children (scalers);

  if (n != list->len)
    {
      fxp_envelope_set_broken (error,
                               name,
                               offset,
                               _ ("found binary points of %zu tensors that move; expected %u"),
                               n,
                               list->len);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GVariant) part = g_variant_get_child_value (scalers, i);
      FxpStoredScaler *stored = &g_array_index (list, FxpStoredScaler, i);

      if (!read_scaler (part, stored))
        {
          fxp_envelope_set_broken (error,
                                   name,
                                   offset,
                                   _ ("entry %u is no state of %s of layer %u; expected an "
                                      "exponent in %d..%d, shares and maxima from 0 up"),
                                   i + 1u,
                                   fxp_role_get_nick (stored->id.role),
                                   stored->id.layer + 1u,
                                   -FXP_FRAC_BITS_MAX,
                                   -FXP_FRAC_BITS_MIN);
          return FALSE;
        }
      fxp_checkpoint_add_scaler (self, stored->id, &stored->scaler);
    }
  return TRUE;
}

FxpFormat
fxp_checkpoint_get_format (const FxpCheckpoint *self, FxpTensorId id)
{
  const FxpTensorId weight = {id.layer, FXP_ROLE_WEIGHT};
  const FxpFormat given = fxp_experiment_get_quantizer (self->experiment, id)->format;

  for (guint i = 0; i < self->scalers->len; i++)
    {
      const FxpStoredScaler *stored = &g_array_index (self->scalers, FxpStoredScaler, i);
      FxpFormat format = given;

      if (stored->id.layer != id.layer || stored->id.role != id.role)
        continue;
      format.frac_bits = (gint8)-stored->scaler.exponent;
      return format;
    }
  if (id.role == FXP_ROLE_WEIGHT_ACC && !fxp_format_is_float (given) &&
      fxp_experiment_get_scaling (self->experiment, id) == FXP_SCALING_FIXED)
    return fxp_residue_format_follow (given,
                                      fxp_experiment_get_quantizer (self->experiment, weight)
                                        ->format,
                                      fxp_checkpoint_get_format (self, weight));
  return given;
}
