/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/matrix-text.h"
#include "binary-point.h"
#include "precision/cluster-text.h"

#include <glib/gi18n.h>
#include <math.h>

typedef struct
{
  const char *symbol; /* markup */
  const char *brief;  /* under the symbol */
  const char *name;
  const char *help;
} Column;

static const Column columns[FXP_N_ROLES + 1] = {
  [FXP_ROLE_WEIGHT] = {"W",
                       N_ ("weights"),
                       N_ ("weights"),
                       N_ ("Weights, as the forward and backward products use them.")},
  [FXP_ROLE_ACTIVATION] = {"A",
                           N_ ("inputs"),
                           N_ ("activations"),
                           N_ ("Activations that enter the layer.")},
  [FXP_ROLE_WEIGHT_GRAD] = {"G<sub>W</sub>",
                            N_ ("gradient"),
                            N_ ("weight gradients"),
                            N_ ("Gradient of the loss by the weights.")},
  [FXP_ROLE_ACTIVATION_GRAD] = {"G<sub>A</sub>",
                                N_ ("backward"),
                                N_ ("activation gradients"),
                                N_ ("Gradient that enters the layer from above.")},
  [FXP_ROLE_WEIGHT_ACC] = {"W<sub>acc</sub>",
                           N_ ("updates"),
                           N_ ("weight accumulators"),
                           N_ ("Keeps what rounding the weights left over, so that small "
                               "updates add up.")},
  [FXP_ROLE_BIAS] = {"b", N_ ("bias"), N_ ("biases"), N_ ("Biases; float unless you ask.")},
  [FXP_ROLE_NORM] = {"Z",
                     N_ ("norm"),
                     N_ ("normalized values"),
                     N_ ("Values that batch normalization has centred and scaled, before gamma "
                         "and beta; float unless you ask.")},
  [FXP_ROLE_GAMMA] = {"γ",
                      N_ ("scale"),
                      N_ ("normalization scales"),
                      N_ ("Scales of batch normalization; float unless you ask.")},
  [FXP_ROLE_BETA] = {"β",
                     N_ ("shift"),
                     N_ ("normalization shifts"),
                     N_ ("Shifts of batch normalization; float unless you ask.")},
  [FXP_ROLE_NORM_GRAD] = {"G<sub>Z</sub>",
                          N_ ("behind BN"),
                          N_ ("gradients behind normalization"),
                          N_ ("Gradient behind batch normalization, where it enters the "
                              "products; float32 unless you ask.")},
  [FXP_ROLE_MOMENTUM] = {"V",
                         N_ ("momentum"),
                         N_ ("momenta"),
                         N_ ("What the updates of the weights have gathered; float unless you "
                             "ask.")},
  [FXP_N_ROLES] = {"Σ",
                   N_ ("sum"),
                   N_ ("sum register"),
                   N_ ("The register in which products are added up.")},
};

const char *
fxu_matrix_text_get_role (FxpRole role)
{
  g_return_val_if_fail (role <= FXP_N_ROLES, NULL);

  return _ (columns[role].name);
}

const char *
fxu_matrix_text_get_symbol (FxpRole role)
{
  g_return_val_if_fail (role <= FXP_N_ROLES, NULL);

  return columns[role].symbol;
}

static char *
describe_layer (const FxpLayerSpec *spec)
{
  if (spec->kind == FXP_LAYER_CONVOLUTION)
    /* translators: filters and kernel side of a convolution, very short */
    return g_strdup_printf (_ ("%u × %u²"), spec->units, spec->kernel);
  return g_strdup_printf (ngettext ("%u unit", "%u units", spec->units), spec->units);
}

void
fxu_matrix_text_show_heading (FxuPrecisionCell *cell, FxpTopology *topology, int layer, int role)
{
  g_autofree char *name = NULL;
  g_autofree char *subtitle = NULL;
  g_autofree char *spoken = NULL;
  g_autofree char *reading = NULL;
  FxuCellFace face = {.health = FXU_HEALTH_UNKNOWN};

  if (layer >= 0)
    {
      name = fxp_topology_get_name (topology, (guint)layer);
      subtitle = describe_layer (fxp_topology_get_weighted (topology, (guint)layer));
      spoken = g_strdup_printf (_ ("All tensors of %s"), name);
      reading = g_strdup_printf (_ ("Layer %s. Keys and drags change its whole row."), name);
    }
  else if (role >= 0)
    {
      name = g_strdup (columns[role].symbol);
      subtitle = g_strdup (_ (columns[role].brief));
      spoken = g_strdup_printf (_ ("All %s"), _ (columns[role].name));
      reading =
        g_strdup_printf (_ ("%s\nKeys and drags change the whole column."), _ (columns[role].help));
    }
  else
    {
      name = g_strdup (_ ("All"));
      spoken = g_strdup (_ ("All layers and tensors"));
      reading = g_strdup (_ ("Keys and drags change every quantized tensor."));
    }

  face.title = name;
  face.subtitle = subtitle;
  face.spoken = spoken;
  face.reading = reading;
  fxu_precision_cell_show (cell, &face);
}

/* The newest snapshot as far as it is about this network. */
static FxpSnapshot *
fitting_snapshot (FxuSession *session, gboolean *predict)
{
  FxpSnapshot *snapshot = fxu_session_get_snapshot (session);

  if (snapshot == NULL || fxp_experiment_needs_reset (fxp_snapshot_get_experiment (snapshot),
                                                      fxu_session_get_experiment (session)))
    return NULL;

  *predict = fxp_snapshot_get_serial (snapshot) < fxu_session_get_edit_serial (session);
  return snapshot;
}

/* As few characters as a cell has room for. */
static char *
brief_share (double share)
{
  if (share < 0.01)
    /* translators: a share below one percent, very short */
    return g_strdup (_ ("<1 %"));
  if (share > 0.995)
    /* translators: all of the values, very short */
    return g_strdup (_ ("all"));
  /* translators: a share in percent */
  return g_strdup_printf (_ ("%.0f %%"), 100.0 * share);
}

/* The one number worth a cell's third line. */
static char *
note_of (const FxuVerdict *verdict)
{
  g_autofree char *share = NULL;

  switch (verdict->health)
    {
    case FXU_HEALTH_OVER:
      if (isnan (verdict->over))
        return g_strdup (_ ("over"));
      share = brief_share (verdict->over);
      /* translators: %s is a share of values outside the range; very short */
      return g_strdup_printf (_ ("over %s"), share);
    case FXU_HEALTH_UNDER:
      share = brief_share (verdict->under);
      /* translators: %s is a share of values that become zero; very short */
      return g_strdup_printf (_ ("zero %s"), share);
    case FXU_HEALTH_LOST:
      share = brief_share (verdict->lost);
      /* translators: %s is a share of updates without effect; very short */
      return g_strdup_printf (_ ("lost %s"), share);
    case FXU_HEALTH_OK:
      if (isfinite (verdict->sqnr_db))
        return g_strdup_printf (_ ("%.0f dB"), verdict->sqnr_db);
      return isinf (verdict->sqnr_db) ? g_strdup (_ ("exact")) : NULL;
    case FXU_HEALTH_UNKNOWN:
    case FXU_HEALTH_FLOAT:
    default:
      return NULL;
    }
}

/* How a tensor is, by what rule its binary point moves and what products use in its place (NULL:
 * not at all, itself), what the criteria say, and whether it is locked. */
static char *
describe (const char *health,
          const char *rule,
          const char *use,
          const FxuSlack *slack,
          gboolean is_locked)
{
  g_autofree char *moves =
    /* translators: the rule by which a binary point moves */
    rule != NULL ? g_strdup_printf (_ ("the binary point moves: %s"), rule) : NULL;
  g_autofree char *criterion = fxu_slack_to_words (slack);
  const char *parts[] = {moves, use, criterion, is_locked ? _ ("locked") : NULL};
  GString *words = g_string_new (health);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i] != NULL)
      g_string_append_printf (words, "; %s", parts[i]);
  return g_string_free (words, FALSE);
}

/* Beside a format: its binary point moves. */
#define MOVES_SIGN "\342\206\224"

static void
show_tensor (FxuPrecisionCell *cell,
             const FxpExperiment *experiment,
             FxpTensorId id,
             const FxpQuantizer *quantizer,
             const char *float_name,
             const FxpTensorView *view,
             const FxuVerdict *verdict,
             const FxuSlack *slack,
             gboolean is_locked,
             const char *spoken)
{
  const gboolean is_float = fxp_format_is_float (quantizer->format);
  const char *rule = fxu_binary_point_get_rule (experiment, id);
  const gboolean is_weight = id.role == FXP_ROLE_WEIGHT;
  g_autofree char *use = is_weight ? fxu_cluster_text_get_brief (experiment, id.layer) : NULL;
  g_autofree char *use_words = is_weight ? fxu_cluster_text_get_words (experiment, id.layer) : NULL;
  g_autofree char *bits = g_strdup_printf ("%u", quantizer->format.word_bits);
  g_autofree char *format = fxp_format_to_string (quantizer->format);
  g_autofree char *note =
    slack->level == FXU_SLACK_BROKEN ? fxu_slack_to_brief (slack) : note_of (verdict);
  g_autofree char *health = fxu_verdict_to_string (verdict);
  g_autofree char *words = describe (health, rule, use_words, slack, is_locked);
  g_autofree char *subtitle = g_strdup_printf (rule != NULL ? "%s " MOVES_SIGN : "%s", format);
  g_autofree char *reading = NULL;
  FxuCellFace face = {
    .title = is_float ? float_name : bits,
    .subtitle = use != NULL ? use : is_float ? NULL : subtitle,
    .note = note,
    .spoken = spoken,
    .health = verdict->health,
    .predicted = verdict->predicted,
    .slack = *slack,
    .is_locked = is_locked,
    .word_bits = quantizer->format.word_bits,
    .statistics = view == NULL ? NULL : &view->statistics,
    .format = quantizer->format,
  };

  if (is_float)
    reading = g_strdup_printf ("%s: %s; %s", spoken, float_name, words);
  else
    reading = g_strdup_printf (_ ("%s: %s bits, %s, %s, %s; %s"),
                               spoken,
                               bits,
                               format,
                               fxp_rounding_get_nick (quantizer->rounding),
                               fxp_overflow_get_nick (quantizer->overflow),
                               words);
  face.reading = reading;
  fxu_precision_cell_show (cell, &face);
}

static void
show_sum (FxuPrecisionCell *cell,
          const FxpSumRegister *sum,
          const FxpLayerView *view,
          const FxuVerdict *verdict,
          const char *spoken)
{
  gboolean is_exact = sum->mode == FXP_SUM_EXACT;
  g_autofree char *bits = g_strdup_printf ("%u", sum->bits);
  g_autofree char *words = fxu_verdict_to_string (verdict);
  g_autofree char *note = NULL;
  g_autofree char *reading = NULL;
  FxuCellFace face = {
    .title = is_exact ? _ ("exact") : bits,
    .subtitle = is_exact ? NULL : fxp_sum_mode_get_nick (sum->mode),
    .spoken = spoken,
    .health = is_exact ? FXU_HEALTH_FLOAT : verdict->health,
    .predicted = verdict->predicted,
    .word_bits = is_exact ? FXP_SUM_BITS_MAX : sum->bits,
  };

  if (verdict->health == FXU_HEALTH_OVER)
    note = note_of (verdict);
  else if (view != NULL && view->sum.n > 0)
    /* translators: bits a register needs, very short */
    note = g_strdup_printf (_ ("needs %u"), fxp_sum_counts_get_bits_needed (&view->sum));
  reading = g_strdup_printf (_ ("%s: %s, %s bits; %s"),
                             spoken,
                             fxp_sum_mode_get_nick (sum->mode),
                             is_exact ? "64" : bits,
                             words);
  face.note = note;
  face.reading = reading;
  if (view != NULL && view->sum.n > 0)
    face.filled = (double)fxp_sum_counts_get_bits_needed (&view->sum) / face.word_bits;
  fxu_precision_cell_show (cell, &face);
}

/* What is known of a cell: its snapshot's view, and whether a verdict can only be a prediction. */
typedef struct
{
  const FxpTensorView *tensor; /* NULL: nothing, or a sum register */
  const FxpLayerView *layer;
  gboolean predict;
} Knowledge;

/* Only what the edit changed is predicted; the others' measurements still hold. */
static Knowledge
know (FxuSession *session, guint layer, FxpRole role)
{
  FxpExperiment *experiment = fxu_session_get_experiment (session);
  FxpTensorId id = {(guint16)layer, (guint16)role};
  gboolean predict = FALSE;
  FxpSnapshot *snapshot = fitting_snapshot (session, &predict);
  FxpExperiment *measured;

  if (snapshot == NULL)
    return (Knowledge){NULL, NULL, FALSE};
  measured = fxp_snapshot_get_experiment (snapshot);
  if (role == FXP_N_ROLES)
    return (Knowledge){
      .layer = fxp_snapshot_get_layer (snapshot, layer),
      .predict =
        predict && !fxp_sum_register_equal (&fxp_experiment_get_precision (experiment, layer)->sum,
                                            &fxp_experiment_get_precision (measured, layer)->sum),
    };
  return (Knowledge){
    .tensor = fxp_snapshot_get_tensor (snapshot, id),
    .layer = fxp_snapshot_get_layer (snapshot, layer),
    .predict = predict && !fxp_quantizer_equal (fxp_experiment_get_quantizer (experiment, id),
                                                fxp_experiment_get_quantizer (measured, id)),
  };
}

static FxuVerdict
judge (FxuSession *session, guint layer, FxpRole role, const Knowledge *known)
{
  FxpExperiment *experiment = fxu_session_get_experiment (session);
  FxpTensorId id = {(guint16)layer, (guint16)role};
  FxpQuantizer quantizer;

  if (role == FXP_N_ROLES)
    return fxu_health_judge_sum (&fxp_experiment_get_precision (experiment, layer)->sum,
                                 known->layer,
                                 known->predict);
  quantizer = fxu_binary_point_get_quantizer (session, id);
  return fxu_health_judge (&quantizer,
                           known->tensor,
                           role == FXP_ROLE_WEIGHT_ACC ? known->layer : NULL,
                           known->predict);
}

FxuVerdict
fxu_matrix_text_judge (FxuSession *session, guint layer, FxpRole role)
{
  Knowledge known = know (session, layer, role);

  return judge (session, layer, role, &known);
}

FxuVerdict
fxu_matrix_text_judge_layer (FxuSession *session, guint layer)
{
  /* From the least to the greatest concern. */
  static const FxuHealth order[] = {FXU_HEALTH_UNKNOWN,
                                    FXU_HEALTH_FLOAT,
                                    FXU_HEALTH_OK,
                                    FXU_HEALTH_UNDER,
                                    FXU_HEALTH_LOST,
                                    FXU_HEALTH_OVER};
  FxpExperiment *experiment = fxu_session_get_experiment (session);
  FxuVerdict worst = {.health = FXU_HEALTH_UNKNOWN};
  guint worst_rank = 0;

  for (guint role = 0; role <= FXP_N_ROLES; role++)
    {
      FxpTensorId id = {(guint16)layer, (guint16)role};
      FxuVerdict verdict;
      guint rank = 0;

      if (role < FXP_N_ROLES && !fxp_experiment_has_tensor (experiment, id))
        continue;
      verdict = fxu_matrix_text_judge (session, layer, role);
      while (order[rank] != verdict.health)
        rank++;
      if (rank < worst_rank)
        continue;
      worst_rank = rank;
      worst = verdict;
    }
  return worst;
}

char *
fxu_matrix_text_describe_blank (FxpTopology *topology, guint layer, FxpRole role)
{
  g_autofree char *name = fxp_topology_get_name (topology, layer);

  /* translators: a layer, and a tensor that it does not have */
  return g_strdup_printf (_ ("%s, %s: none"), name, _ (columns[role].name));
}

void
fxu_matrix_text_append_line (GString *text,
                             FxpTopology *topology,
                             guint layer,
                             FxpRole role,
                             FxuPrecisionCell *cell)
{
  g_autofree char *name = fxp_topology_get_name (topology, layer);

  g_string_append_printf (text,
                          "%s %s: %s\n",
                          name,
                          role < FXP_N_ROLES ? fxp_role_get_symbol (role) : "sum",
                          cell != NULL ? fxu_precision_cell_get_reading (cell) : "none");
}

static void
show_shared (FxuPrecisionCell *cell, const char *owner, const char *spoken)
{
  g_autofree char *title = g_strdup_printf ("= %s", owner);
  /* translators: a tensor, and the layer that has the same one */
  g_autofree char *reading = g_strdup_printf (_ ("%s: the same as of %s"), spoken, owner);
  FxuCellFace face = {
    .title = title,
    .spoken = spoken,
    .reading = reading,
    .is_shared = TRUE,
  };

  fxu_precision_cell_show (cell, &face);
}

void
fxu_matrix_text_show_value (FxuPrecisionCell *cell, FxuSession *session, guint layer, FxpRole role)
{
  FxpExperiment *experiment = fxu_session_get_experiment (session);
  FxpTopology *topology = fxp_experiment_get_topology (experiment);
  FxpTensorId id = {(guint16)layer, (guint16)role};
  g_autofree char *name = fxp_topology_get_name (topology, layer);
  g_autofree char *spoken = g_strdup_printf ("%s, %s", name, _ (columns[role].name));
  Knowledge known;
  FxuVerdict verdict;

  if (role < FXP_N_ROLES && fxp_experiment_get_owner (experiment, id).layer != layer)
    {
      g_autofree char *owner =
        fxp_topology_get_name (topology, fxp_experiment_get_owner (experiment, id).layer);

      show_shared (cell, owner, spoken);
      return;
    }

  known = know (session, layer, role);
  verdict = judge (session, layer, role, &known);
  if (role == FXP_N_ROLES)
    show_sum (cell,
              &fxp_experiment_get_precision (experiment, layer)->sum,
              known.layer,
              &verdict,
              spoken);
  else
    {
      FxuTheory *theory = fxu_session_get_theory (session);
      FxuSlack slack = fxu_slack_judge (session, id);
      FxpQuantizer quantizer = fxu_binary_point_get_quantizer (session, id);

      show_tensor (cell,
                   experiment,
                   id,
                   &quantizer,
                   role == FXP_ROLE_NORM_GRAD ? _ ("float32") : _ ("float"),
                   known.tensor,
                   &verdict,
                   &slack,
                   theory != NULL && fxu_theory_is_locked (theory, id),
                   spoken);
    }
}
