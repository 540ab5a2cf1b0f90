/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/experiment-private.h"
#include "experiment/experiment-keys-private.h"
#include "number/quotation-private.h"
#include "number/error.h"
#include <glib/gi18n-lib.h>

/* Each part is shared by all experiments in which it is the same. */
struct _FxpExperiment
{
  FxpSettings *settings;
  FxpTopology *topology;
  GPtrArray *rows; /* of FxpLayerPrecision, one per layer with weights */
};

static const FxpSettings default_settings = {
  .title = (char *)"Spiral",
  .description = (char *)"Two interleaved spirals, learned by a small network in 12-bit words.",
  .seed = 3,
  .dataset_name = (char *)"spiral",
  .dataset_samples = 500,
  .dataset_noise = 0,
  .dataset_test_share = 0.5,
  .activation = FXP_ACTIVATION_RELU,
  .rate = 0.1,
  .schedule_factor = 0.1,
  .clusters = {.method = FXP_CLUSTER_NONE,
               .bits = 2,
               .granularity = FXP_GRANULARITY_KERNELS,
               .size = 4,
               .terms = 1},
  .last_weights = FXP_LAST_WEIGHTS_BYTE,
  .scaling_period = 100,
  .scaling_overflow = 1e-4,
  .batch = 10,
  .epochs = 1000,
  .twin = TRUE,
  .evaluate_every = 10,
  .record_every = 25,
  .statistics_every = 25,
};

static const char default_topology[] = "2-8-8-2";

/* Twelve bits each.  Measured on the default data, training from scratch for 500 epochs: at 12 and
 * 6 bits with these integer bits the fixed-point run learns like its twin; at 5 bits it fails with
 * nearest rounding and learns again with stochastic gradients.  Wider ranges clip nothing at 12
 * bits, but then no rounding saves 5.  W_acc still holds half a step of W narrowed to 5 bits. */
static const FxpFormat default_formats[FXP_N_ROLES] = {
  [FXP_ROLE_WEIGHT] = FXP_FORMAT_SIGNED (12, 9),
  [FXP_ROLE_ACTIVATION] = FXP_FORMAT_UNSIGNED (12, 8),
  [FXP_ROLE_WEIGHT_GRAD] = FXP_FORMAT_SIGNED (12, 10),
  [FXP_ROLE_ACTIVATION_GRAD] = FXP_FORMAT_SIGNED (12, 12),
  [FXP_ROLE_WEIGHT_ACC] = FXP_FORMAT_SIGNED (12, 13),
  [FXP_ROLE_BIAS] = FXP_FORMAT_FLOAT,
  [FXP_ROLE_NORM] = FXP_FORMAT_FLOAT,
  [FXP_ROLE_GAMMA] = FXP_FORMAT_FLOAT,
  [FXP_ROLE_BETA] = FXP_FORMAT_FLOAT,
  [FXP_ROLE_NORM_GRAD] = FXP_FORMAT_FLOAT,
  [FXP_ROLE_MOMENTUM] = FXP_FORMAT_FLOAT,
};

/* Activations entering the first layer: the data, which reach 6 on either side. */
static const FxpFormat default_input_format = FXP_FORMAT_SIGNED (12, 8);

static const char *const activation_nicks[FXP_N_ACTIVATIONS] = {
  [FXP_ACTIVATION_RELU] = "relu",
  [FXP_ACTIVATION_CLIPPED_RELU] = "clipped-relu",
  [FXP_ACTIVATION_TANH] = "tanh",
  [FXP_ACTIVATION_HARD_TANH] = "hard-tanh",
};

const char *
fxp_activation_get_nick (FxpActivation self)
{
  g_return_val_if_fail ((guint)self < FXP_N_ACTIVATIONS, NULL);

  return activation_nicks[self];
}

gboolean
fxp_activation_parse (const char *text, FxpActivation *activation, GError **error)
{
  g_autofree char *found = NULL;

  g_return_val_if_fail (text != NULL && activation != NULL, FALSE);

  for (guint i = 0; i < FXP_N_ACTIVATIONS; i++)
    if (g_str_equal (text, activation_nicks[i]))
      {
        *activation = i;
        return TRUE;
      }
  found = fxp_quote (text);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("%s is not an activation; expected relu, clipped-relu, tanh or hard-tanh"),
               found);
  return FALSE;
}

static FxpSettings *
settings_dup (const FxpSettings *self)
{
  FxpSettings *copy = g_atomic_rc_box_new (FxpSettings);

  *copy = *self;
  copy->title = g_strdup (self->title);
  copy->description = g_strdup (self->description);
  copy->dataset_name = g_strdup (self->dataset_name);
  copy->dataset_path = g_strdup (self->dataset_path);
  return copy;
}

static void
settings_clear (gpointer data)
{
  FxpSettings *self = data;

  g_free (self->title);
  g_free (self->description);
  g_free (self->dataset_name);
  g_free (self->dataset_path);
}

static void
settings_unref (FxpSettings *self)
{
  g_atomic_rc_box_release_full (self, settings_clear);
}

static gpointer
row_ref (gconstpointer row, gpointer user_data)
{
  return g_atomic_rc_box_acquire ((gpointer)row);
}

static FxpLayerPrecision *
get_row (const FxpExperiment *self, guint layer)
{
  return g_ptr_array_index (self->rows, layer);
}

static void
set_row (FxpExperiment *self, guint layer, FxpLayerPrecision *row)
{
  g_atomic_rc_box_release (get_row (self, layer));
  g_ptr_array_index (self->rows, layer) = row;
}

FxpExperiment *
fxp_experiment_new (void)
{
  FxpExperiment *self = g_atomic_rc_box_new0 (FxpExperiment);
  FxpLayerPrecision row = {.sum = FXP_SUM_REGISTER_EXACT};

  for (guint role = 0; role < FXP_N_ROLES; role++)
    row.quantizers[role] =
      (FxpQuantizer){default_formats[role], FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE};
  self->settings = settings_dup (&default_settings);
  self->topology = fxp_topology_parse (default_topology, NULL);
  g_assert (self->topology != NULL);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_atomic_rc_box_release);
  g_ptr_array_add (self->rows, g_atomic_rc_box_dup (sizeof row, &row));
  for (guint i = 1; i < fxp_topology_get_n_weighted (self->topology); i++)
    g_ptr_array_add (self->rows, g_atomic_rc_box_acquire (get_row (self, 0)));
  fxp_experiment_edit_row (self, 0)->quantizers[FXP_ROLE_ACTIVATION].format = default_input_format;
  return self;
}

FxpExperiment *
fxp_experiment_copy (const FxpExperiment *self)
{
  FxpExperiment *copy = g_atomic_rc_box_new0 (FxpExperiment);

  copy->settings = g_atomic_rc_box_acquire (self->settings);
  copy->topology = fxp_topology_ref (self->topology);
  copy->rows = g_ptr_array_copy (self->rows, row_ref, NULL);
  return copy;
}

FxpExperiment *
fxp_experiment_ref (FxpExperiment *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
experiment_clear (gpointer data)
{
  FxpExperiment *self = data;

  settings_unref (self->settings);
  fxp_topology_unref (self->topology);
  g_ptr_array_unref (self->rows);
}

void
fxp_experiment_unref (FxpExperiment *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, experiment_clear);
}

const FxpSettings *
fxp_experiment_get_settings (const FxpExperiment *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->settings;
}

FxpTopology *
fxp_experiment_get_topology (const FxpExperiment *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->topology;
}

guint
fxp_experiment_get_n_weighted (const FxpExperiment *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->rows->len;
}

const FxpLayerPrecision *
fxp_experiment_get_precision (const FxpExperiment *self, guint layer)
{
  g_return_val_if_fail (self != NULL && layer < self->rows->len, NULL);

  return get_row (self, layer);
}

FxpSettings *
fxp_experiment_edit_settings (FxpExperiment *self)
{
  FxpSettings *settings = settings_dup (self->settings);

  settings_unref (self->settings);
  self->settings = settings;
  return settings;
}

FxpLayerPrecision *
fxp_experiment_edit_row (FxpExperiment *self, guint layer)
{
  FxpLayerPrecision *row = g_atomic_rc_box_dup (sizeof (FxpLayerPrecision), get_row (self, layer));

  set_row (self, layer, row);
  return row;
}

gboolean
fxp_experiment_shares_settings (const FxpExperiment *a, const FxpExperiment *b)
{
  return a->settings == b->settings;
}

/* The old row that serves as row @layer of @n in the new network: layers keep their row, the last
 * one's stays the last one's, and what is new repeats the nearest hidden row. */
static guint
find_row (guint layer, guint n, guint n_old)
{
  if (layer + 1 == n || n_old == 1)
    return n_old - 1;
  return MIN (layer, n_old - 2);
}

/* What enters the first layer are the data, so that format stays at the first layer; a row that
 * serves at another place takes the format of what hidden layers put out. */
static guint
find_activation_row (guint layer, guint n, guint n_old)
{
  guint row = find_row (layer, n, n_old);

  if (layer == 0)
    return 0;
  return row == 0 ? n_old - 1 : row;
}

void
fxp_experiment_set_topology (FxpExperiment *self, FxpTopology *topology)
{
  g_autoptr (GPtrArray) old = g_steal_pointer (&self->rows);
  guint n = fxp_topology_get_n_weighted (topology);

  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_atomic_rc_box_release);
  for (guint i = 0; i < n; i++)
    {
      FxpLayerPrecision *row = g_ptr_array_index (old, find_row (i, n, old->len));
      const FxpLayerPrecision *from = g_ptr_array_index (old, find_activation_row (i, n, old->len));

      g_ptr_array_add (self->rows, g_atomic_rc_box_acquire (row));
      if (fxp_quantizer_equal (&row->quantizers[FXP_ROLE_ACTIVATION],
                               &from->quantizers[FXP_ROLE_ACTIVATION]) &&
          row->scalings[FXP_ROLE_ACTIVATION] == from->scalings[FXP_ROLE_ACTIVATION])
        continue;
      row = fxp_experiment_edit_row (self, i);
      row->quantizers[FXP_ROLE_ACTIVATION] = from->quantizers[FXP_ROLE_ACTIVATION];
      row->scalings[FXP_ROLE_ACTIVATION] = from->scalings[FXP_ROLE_ACTIVATION];
    }
  fxp_topology_ref (topology);
  fxp_topology_unref (self->topology);
  self->topology = topology;
  fxp_experiment_settle (self);
}

gboolean
fxp_experiment_equal (const FxpExperiment *a, const FxpExperiment *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  if (a == b)
    return TRUE;
  if (a->rows->len != b->rows->len || !fxp_experiment_keys_equal (a, b))
    return FALSE;
  for (guint i = 0; i < a->rows->len; i++)
    if (get_row (a, i) != get_row (b, i) &&
        !fxp_layer_precision_equal (get_row (a, i), get_row (b, i)))
      return FALSE;
  return TRUE;
}
