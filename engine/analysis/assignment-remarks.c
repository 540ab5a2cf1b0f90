/* SPDX-License-Identifier: MIT */
/* Sentences about an assignment: what acted on a tensor, and what of the experiment the paper does
 * not cover. */
#include "config.h"

#include "analysis/assignment-private.h"

#include <glib/gi18n-lib.h>

static const char *
tell_outside (FxpRole role)
{
  switch (role)
    {
    case FXP_ROLE_WEIGHT:
      return _ ("Weights are not clipped to [-1, 1] as in the paper: the range holds the greatest "
                "that was seen.");
    case FXP_ROLE_ACTIVATION:
      return _ ("Activations are not clipped to [0, 2] as in the paper: the range holds the "
                "greatest that was seen.");
    case FXP_ROLE_MOMENTUM:
      return _ ("The paper has no momentum: V holds the greatest sum of gradients, in steps that "
                "keep what one gradient adds.");
    case FXP_ROLE_WEIGHT_ACC:
      return _ ("The paper has no momentum: the least update here is γ_min times the step of V.");
    default:
      return NULL;
    }
}

static void
add_note (GString *text, const char *sentence)
{
  if (sentence == NULL)
    return;
  if (text->len > 0)
    g_string_append_c (text, ' ');
  g_string_append (text, sentence);
}

char *
fxp_assignment_explain_notes (const FxpAssignment *self, FxpTensorId id)
{
  const FxpAssigned *assigned = fxp_assignment_get (self, id);
  g_autoptr (GString) text = g_string_new (NULL);
  FxpNote notes;

  if (assigned == NULL || assigned->notes == FXP_NOTE_NONE)
    return NULL;
  notes = assigned->notes;
  if (notes & FXP_NOTE_LOCKED)
    add_note (text, _ ("Locked: kept as it was."));
  if (notes & FXP_NOTE_CAPPED)
    add_note (text,
              _ ("The cap of the word length acts: the step is coarser than the criterion "
                 "asks."));
  if (notes & FXP_NOTE_FLOORED)
    add_note (text, _ ("σ_min was held to its floor, as the gradient all but vanished."));
  if (notes & FXP_NOTE_LEAST)
    add_note (text, _ ("The criterion asks fewer bits than a word must have."));
  if (notes & FXP_NOTE_UNSEEN)
    add_note (text,
              _ ("λ is 0, as no gradient was seen to pass from G_A to G_W: G_A has the step "
                 "of G_W."));
  if (notes & FXP_NOTE_OUTSIDE)
    add_note (text, tell_outside (id.role));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_remark (GStrvBuilder *remarks, gboolean applies, const char *sentence)
{
  if (applies)
    g_strv_builder_add (remarks, sentence);
}

static void
add_target (const FxpAssignment *self, GStrvBuilder *remarks)
{
  g_autofree char *text = NULL;

  if (self->bound < self->options.target)
    return;
  text = g_strdup_printf (_ ("The bound on p_m is %.3g and misses the target of %.3g, as caps or "
                             "locks keep word lengths short."),
                          self->bound,
                          self->options.target);
  g_strv_builder_add (remarks, text);
  add_remark (remarks,
              self->bound >= 1,
              _ (
                "A bound of 1 or more promises nothing, as no probability is greater: word lengths "
                "are too short, or the float network has not learnt to tell the classes apart."));
}

/* 5.4: margins of 0 have no gain. */
static void
add_ties (const FxpAssignment *self, GStrvBuilder *remarks)
{
  const guint n_ties = fxp_noise_gains_get_n_ties (self->gains);
  g_autofree char *text = NULL;

  if (n_ties == 0)
    return;
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                       "%u pair of logits tied on a sample and is left out of the "
                                       "noise gains.",
                                       "%u pairs of logits tied on a sample and are left out of "
                                       "the noise gains.",
                                       n_ties),
                          n_ties);
  g_strv_builder_add (remarks, text);
}

/* 5.2: not the paper's plain mean. */
static void
add_capped (const FxpAssignment *self, GStrvBuilder *remarks)
{
  const guint n_capped = fxp_noise_gains_get_n_capped (self->gains);
  g_autofree char *text = NULL;

  if (n_capped == 0)
    return;
  text =
    g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                  "The paper takes the plain mean of all samples; here the share "
                                  "of %u sample was held to 1, as no probability is greater.",
                                  "The paper takes the plain mean of all samples; here the "
                                  "shares of %u samples were held to 1, as no probability is "
                                  "greater.",
                                  n_capped),
                     n_capped);
  g_strv_builder_add (remarks, text);
}

char **
fxp_assignment_get_remarks (const FxpAssignment *self)
{
  g_autoptr (GStrvBuilder) remarks = g_strv_builder_new ();
  const FxpSettings *settings;
  gboolean has_hidden;

  g_return_val_if_fail (self != NULL, NULL);

  settings = fxp_experiment_get_settings (self->experiment);
  has_hidden = self->n_layers > 1;
  add_target (self, remarks);
  add_ties (self, remarks);
  add_capped (self, remarks);
  add_remark (remarks,
              !settings->clip,
              _ ("Weights are not clipped to [-1, 1] as in the paper (training.clip): their ranges "
                 "hold the greatest that was seen."));
  add_remark (remarks,
              has_hidden && settings->activation == FXP_ACTIVATION_RELU,
              _ ("ReLU has no upper limit, where the paper's activations end at 2: ranges hold the "
                 "greatest that was seen."));
  add_remark (remarks,
              has_hidden && settings->activation != FXP_ACTIVATION_RELU &&
                settings->activation != FXP_ACTIVATION_CLIPPED_RELU,
              _ ("The paper's activations lie in [0, 2]; those here have a sign and lie in "
                 "[-1, 1]."));
  add_remark (remarks,
              settings->momentum > 0,
              _ ("The paper trains without momentum: V is assigned so that it overflows no sooner "
                 "than G_W, and accumulators by its step."));
  add_remark (remarks,
              settings->weight_decay > 0,
              _ ("The paper trains without weight decay, and no criterion knows of it."));
  add_remark (remarks,
              settings->dataset_validation_share == 0,
              _ ("No data are set aside (dataset.validation-share), so noise gains are of test "
                 "data; their labels are not looked at."));
  add_remark (remarks,
              TRUE,
              _ ("The criteria are reconstructed: the paper's full text could not be read, so they "
                 "rest on its abstract, its released code and derivation."));
  return g_strv_builder_end (remarks);
}
