/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/system.h"

#include "experiment/experiment-private.h"
#include "number/error.h"
#include "number/quotation-private.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define K_MAX 16

typedef enum
{
  SYSTEM_FLOAT,      /* FL */
  SYSTEM_FIXED,      /* FX */
  SYSTEM_BINARY,     /* BN */
  SYSTEM_STOCHASTIC, /* SQ */
  SYSTEM_TERNARY,    /* TG */
  SYSTEM_LONGER,     /* C+k */
  SYSTEM_SHORTER,    /* C-k */
  SYSTEM_COARSER,    /* one type with a longer step: W-k, A-k, GW-k, GA-k, ACC-k */
  SYSTEM_NARROWER,   /* one type with a shorter range: GW/k, GA/k */
} Kind;

typedef struct
{
  Kind kind;
  FxpRole role; /* of the last two kinds */
  int k;        /* of the last four */
} System;

/* @number: whether k follows the name. */
static const struct
{
  const char *name;
  gboolean number;
  System system;
} systems[] = {
  {"FL", FALSE, {SYSTEM_FLOAT, 0, 0}},
  {"FX", FALSE, {SYSTEM_FIXED, 0, 0}},
  {"BN", FALSE, {SYSTEM_BINARY, 0, 0}},
  {"SQ", FALSE, {SYSTEM_STOCHASTIC, 0, 0}},
  {"TG", FALSE, {SYSTEM_TERNARY, 0, 0}},
  {"C+", TRUE, {SYSTEM_LONGER, 0, 0}},
  {"C-", TRUE, {SYSTEM_SHORTER, 0, 0}},
  {"W-", TRUE, {SYSTEM_COARSER, FXP_ROLE_WEIGHT, 0}},
  {"A-", TRUE, {SYSTEM_COARSER, FXP_ROLE_ACTIVATION, 0}},
  {"GW-", TRUE, {SYSTEM_COARSER, FXP_ROLE_WEIGHT_GRAD, 0}},
  {"GA-", TRUE, {SYSTEM_COARSER, FXP_ROLE_ACTIVATION_GRAD, 0}},
  {"ACC-", TRUE, {SYSTEM_COARSER, FXP_ROLE_WEIGHT_ACC, 0}},
  {"GW/", TRUE, {SYSTEM_NARROWER, FXP_ROLE_WEIGHT_GRAD, 0}},
  {"GA/", TRUE, {SYSTEM_NARROWER, FXP_ROLE_ACTIVATION_GRAD, 0}},
};

static gboolean
find (const char *name, System *system)
{
  for (gsize i = 0; i < G_N_ELEMENTS (systems); i++)
    {
      const gsize length = strlen (systems[i].name);
      guint64 k = 0;

      if (g_ascii_strncasecmp (name, systems[i].name, length) != 0)
        continue;
      if (systems[i].number ? !g_ascii_string_to_unsigned (name + length, 10, 1, K_MAX, &k, NULL)
                            : name[length] != '\0')
        continue;
      *system = systems[i].system;
      system->k = (int)k;
      return TRUE;
    }
  return FALSE;
}

/* Whether a perturbation may touch this tensor: one of the five that are fixed point and its own.
 * The input is the data's affair, and one bit cannot lose one. */
static gboolean
can_change (const FxpExperiment *self, FxpTensorId id)
{
  const FxpQuantizer *quantizer = fxp_experiment_get_quantizer (self, id);

  return id.role <= FXP_ROLE_WEIGHT_ACC && !(id.role == FXP_ROLE_ACTIVATION && id.layer == 0) &&
         fxp_experiment_owns_cell (self, id) && !fxp_format_is_float (quantizer->format) &&
         quantizer->rounding != FXP_ROUND_SIGN;
}

/* Moves the last digit of a word down by @finer bits and its first up by @wider; either may be
 * negative.  What the limits of words forbid is left undone, at the step unless that is held.
 * Returns by how many bits the step became finer. */
static int
reshape (FxpExperiment *self, FxpTensorId id, int finer, int wider)
{
  FxpQuantizer quantizer = *fxp_experiment_get_quantizer (self, id);
  FxpFormat *format = &quantizer.format;
  const int least = MIN (format->word_bits, format->is_signed ? 2 : 1);
  const int wanted = format->word_bits + finer + wider;
  const int word = CLAMP (wanted, least, FXP_WORD_BITS_MAX);
  int step = format->frac_bits;

  if (!can_change (self, id))
    return 0;
  if (finer != 0)
    step = CLAMP (step + finer + word - wanted, FXP_FRAC_BITS_MIN, FXP_FRAC_BITS_MAX);
  finer = step - format->frac_bits;
  format->word_bits = (guint8)word;
  format->frac_bits = (gint8)step;
  fxp_experiment_set_cell (self, id, &quantizer);
  return finer;
}

/* C+k and C-k, with @k of that sign.  Ranges are kept but that of W_acc, which by definition ends
 * where the step of W begins, r = 2^-B_W, and so moves with it; the step of W_acc is held to k bits
 * more or less than it was (5.16).  So it keeps its length, and W and W_acc, which are one word,
 * change by k bits together. */
static void
perturb_all (FxpExperiment *self, guint layer, int k)
{
  const int weight_finer = reshape (self, (FxpTensorId){layer, FXP_ROLE_WEIGHT}, k, 0);

  reshape (self, (FxpTensorId){layer, FXP_ROLE_WEIGHT_ACC}, k, -weight_finer);
  reshape (self, (FxpTensorId){layer, FXP_ROLE_ACTIVATION}, k, 0);
  reshape (self, (FxpTensorId){layer, FXP_ROLE_WEIGHT_GRAD}, k, 0);
  reshape (self, (FxpTensorId){layer, FXP_ROLE_ACTIVATION_GRAD}, k, 0);
}

/* One type's step times 2^k.  What W loses W_acc gains, so that the word of both stays as it is. */
static void
coarsen (FxpExperiment *self, FxpTensorId id, int k)
{
  const int finer = reshape (self, id, -k, 0);

  if (id.role == FXP_ROLE_WEIGHT)
    reshape (self, (FxpTensorId){id.layer, FXP_ROLE_WEIGHT_ACC}, 0, -finer);
}

static void
set_float (FxpExperiment *self, guint layer)
{
  const FxpQuantizer quantizer = FXP_QUANTIZER_FLOAT;

  for (guint role = 0; role < FXP_N_ROLES; role++)
    if (fxp_experiment_owns_cell (self, (FxpTensorId){layer, role}))
      fxp_experiment_set_cell (self, (FxpTensorId){layer, role}, &quantizer);
}

/* W and every A but the input's become -1 or +1 (Courbariaux et al. 2016). */
static void
binarize (FxpExperiment *self, guint layer)
{
  const FxpQuantizer binary = {
    .format = FXP_FORMAT_SIGNED (2, 0),
    .rounding = FXP_ROUND_SIGN,
    .overflow = FXP_OVERFLOW_SATURATE,
  };
  const FxpTensorId weight = {layer, FXP_ROLE_WEIGHT}, activation = {layer, FXP_ROLE_ACTIVATION};

  set_float (self, layer);
  fxp_experiment_set_cell (self, weight, &binary);
  fxp_experiment_set_scaling (self, weight, FXP_SCALING_FIXED);
  if (layer == 0 || !fxp_experiment_owns_cell (self, activation))
    return;
  fxp_experiment_set_cell (self, activation, &binary);
  fxp_experiment_set_scaling (self, activation, FXP_SCALING_FIXED);
}

/* Gradients stochastically (5.25), after Gupta et al. 2015, and what updates leave over in float.
 */
static void
make_stochastic (FxpExperiment *self, guint layer)
{
  const FxpQuantizer exact = FXP_QUANTIZER_FLOAT;
  const FxpRole gradients[] = {FXP_ROLE_WEIGHT_GRAD, FXP_ROLE_ACTIVATION_GRAD};

  for (gsize i = 0; i < G_N_ELEMENTS (gradients); i++)
    {
      const FxpTensorId id = {layer, gradients[i]};
      FxpQuantizer quantizer = *fxp_experiment_get_quantizer (self, id);

      if (!can_change (self, id))
        continue;
      quantizer.rounding = FXP_ROUND_STOCHASTIC;
      fxp_experiment_set_cell (self, id, &quantizer);
    }
  fxp_experiment_set_cell (self, (FxpTensorId){layer, FXP_ROLE_WEIGHT_ACC}, &exact);
}

static void
change_layer (FxpExperiment *self, guint layer, const System *system)
{
  switch (system->kind)
    {
    case SYSTEM_FLOAT:
    case SYSTEM_TERNARY:
      set_float (self, layer);
      break;
    case SYSTEM_BINARY:
      binarize (self, layer);
      break;
    case SYSTEM_STOCHASTIC:
      make_stochastic (self, layer);
      break;
    case SYSTEM_LONGER:
      perturb_all (self, layer, system->k);
      break;
    case SYSTEM_SHORTER:
      perturb_all (self, layer, -system->k);
      break;
    case SYSTEM_COARSER:
      coarsen (self, (FxpTensorId){layer, system->role}, system->k);
      break;
    case SYSTEM_NARROWER:
      reshape (self, (FxpTensorId){layer, system->role}, 0, -system->k);
      break;
    case SYSTEM_FIXED:
    default:
      break;
    }
}

static void
change_settings (FxpExperiment *self, Kind kind)
{
  FxpSettings *settings;

  if (kind != SYSTEM_FLOAT && kind != SYSTEM_BINARY && kind != SYSTEM_TERNARY)
    return;
  settings = fxp_experiment_edit_settings (self);
  settings->gradients = kind == SYSTEM_TERNARY ? FXP_GRADIENTS_TERNARY : FXP_GRADIENTS_PLAIN;
  settings->clusters.method = FXP_CLUSTER_NONE;
  if (kind != SYSTEM_BINARY)
    return;
  /* The gradient passes between the ends of the hard tanh, and W beyond +-1 means nothing. */
  settings->activation = FXP_ACTIVATION_HARD_TANH;
  settings->clip = TRUE;
}

FxpExperiment *
fxp_system_apply (FxpExperiment *experiment, const char *name, GError **error)
{
  g_autofree char *found = NULL;
  FxpExperiment *self;
  System system;

  g_return_val_if_fail (experiment != NULL && name != NULL, NULL);

  if (!find (name, &system))
    {
      found = fxp_quote (name);
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_PARSE,
                   _ ("%s is not a system; expected FL, FX, BN, SQ, TG, C+K, C-K, W-K, A-K, GW-K, "
                      "GA-K, ACC-K, GW/K or GA/K, K from 1 to %d"),
                   found,
                   K_MAX);
      return NULL;
    }
  if (system.kind == SYSTEM_FIXED)
    return fxp_experiment_ref (experiment);
  self = fxp_experiment_copy (experiment);
  change_settings (self, system.kind);
  for (guint layer = 0; layer < fxp_experiment_get_n_weighted (self); layer++)
    change_layer (self, layer, &system);
  return self;
}

static char *
describe_coarser (const System *system)
{
  const char *symbol = fxp_role_get_symbol (system->role);

  if (system->role == FXP_ROLE_WEIGHT)
    return g_strdup_printf (ngettext ("%s %d bit shorter, the step of W_acc held",
                                      "%s %d bits shorter, the step of W_acc held",
                                      system->k),
                            symbol,
                            system->k);
  /* translators: a tensor such as G_W */
  return g_strdup_printf (ngettext ("%s %d bit shorter, its range kept",
                                    "%s %d bits shorter, its range kept",
                                    system->k),
                          symbol,
                          system->k);
}

char *
fxp_system_describe (const char *name)
{
  System system;

  g_return_val_if_fail (name != NULL, NULL);

  if (!find (name, &system))
    return NULL;
  switch (system.kind)
    {
    case SYSTEM_FLOAT:
      return g_strdup (_ ("32-bit float"));
    case SYSTEM_FIXED:
      return g_strdup (_ ("fixed point, as the experiment says"));
    case SYSTEM_BINARY:
      return g_strdup (_ ("W and A binary, the input apart, the rest in float"));
    case SYSTEM_STOCHASTIC:
      return g_strdup (_ ("fixed point, G_W and G_A rounded stochastically, W_acc in float"));
    case SYSTEM_TERNARY:
      return g_strdup (_ ("float, G_W ternary (TernGrad)"));
    case SYSTEM_LONGER:
      return g_strdup_printf (ngettext ("fixed point, every tensor %d bit longer",
                                        "fixed point, every tensor %d bits longer",
                                        system.k),
                              system.k);
    case SYSTEM_SHORTER:
      return g_strdup_printf (ngettext ("fixed point, every tensor %d bit shorter",
                                        "fixed point, every tensor %d bits shorter",
                                        system.k),
                              system.k);
    case SYSTEM_COARSER:
      return describe_coarser (&system);
    case SYSTEM_NARROWER:
      return g_strdup_printf (_ ("range of %s divided by 2^%d, its step held"),
                              fxp_role_get_symbol (system.role),
                              system.k);
    default:
      g_return_val_if_reached (NULL);
    }
}
