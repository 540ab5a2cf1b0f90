/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/assignment-text.h"
#include "precision/matrix-text.h"

#include <glib/gi18n.h>
#include <math.h>

/* Notes that change the bits; the others only tell. */
#define NOTES_THAT_ACT (FXP_NOTE_CAPPED | FXP_NOTE_FLOORED | FXP_NOTE_LEAST | FXP_NOTE_UNSEEN)

static char *
bits_of (const FxpQuantizer *quantizer)
{
  if (fxp_format_is_float (quantizer->format))
    return g_strdup (_ ("float"));
  return g_strdup_printf ("%u", quantizer->format.word_bits);
}

char *
fxu_assignment_text_describe_change (const FxpQuantizer *present, const FxpQuantizer *assigned)
{
  g_autofree char *old_format = fxp_format_to_string (present->format);
  g_autofree char *new_format = fxp_format_to_string (assigned->format);
  g_autofree char *old_bits = bits_of (present);
  g_autofree char *new_bits = bits_of (assigned);

  if (fxp_format_is_float (assigned->format))
    return g_strdup (_ ("float, as it is"));
  if (fxp_quantizer_equal (present, assigned))
    /* translators: bits and format */
    return g_strdup_printf (_ ("%s bits, %s, as it is"), new_bits, new_format);
  if (fxp_format_is_float (present->format))
    /* translators: bits and format */
    return g_strdup_printf (_ ("float to %s bits, %s"), new_bits, new_format);
  if (g_str_equal (old_format, new_format))
    /* translators: bits and format; rounding or overflow change */
    return g_strdup_printf (_ ("%s bits, %s, rounded to nearest and saturated from now on"),
                            new_bits,
                            new_format);
  if (g_str_equal (old_bits, new_bits))
    /* translators: bits, format before and after */
    return g_strdup_printf (_ ("%s bits, %s to %s"), new_bits, old_format, new_format);
  /* translators: bits before and after, format before and after */
  return g_strdup_printf (_ ("%s to %s bits, %s to %s"),
                          old_bits,
                          new_bits,
                          old_format,
                          new_format);
}

/* What set the word length, in as few characters as a cell has room for. */
static char *
make_reason (const FxpAssigned *assigned)
{
  const FxpJudgement *judgement =
    assigned->step.criterion != FXP_CRITERION_NONE ? &assigned->step : &assigned->range;
  g_autofree char *slack = NULL;

  if ((assigned->notes & FXP_NOTE_LOCKED) != 0)
    return g_strdup (_ ("locked"));
  if (judgement->criterion == FXP_CRITERION_NONE)
    return g_strdup ("");
  slack = fxu_slack_bits_to_string (judgement->slack);
  return g_strdup_printf ("%s %s", fxu_slack_abbreviate (judgement->criterion), slack);
}

static char *
make_reading (const FxpAssignment *assignment,
              const FxpAssigned *assigned,
              const FxuSlack *slack,
              const FxpQuantizer *present)
{
  g_autofree char *change = fxu_assignment_text_describe_change (present, &assigned->quantizer);
  g_autofree char *words = fxu_slack_to_words (slack);
  g_autofree char *notes = fxp_assignment_explain_notes (assignment, assigned->id);
  GString *text = g_string_new (change);

  if (words != NULL)
    g_string_append_printf (text, "; %s", words);
  if (notes != NULL)
    g_string_append_printf (text, ". %s", notes);
  return g_string_free (text, FALSE);
}

void
fxu_assignment_text_show (FxuAssignmentCell *cell, FxuSession *session, FxpTensorId id)
{
  FxpExperiment *experiment = fxu_session_get_experiment (session);
  FxuTheory *theory = fxu_session_get_theory (session);
  FxpAssignment *assignment = fxu_theory_get_assignment (theory);
  const FxpAssigned *assigned = fxp_assignment_get (assignment, id);
  const FxpQuantizer *present = fxp_experiment_get_quantizer (experiment, id);
  g_autofree char *name =
    fxp_topology_get_name (fxp_experiment_get_topology (experiment), id.layer);
  g_autofree char *spoken = g_strdup_printf ("%s, %s", name, fxu_matrix_text_get_role (id.role));
  g_autofree char *before = bits_of (present);
  g_autofree char *bits = NULL;
  g_autofree char *format = NULL;
  g_autofree char *reason = NULL;
  g_autofree char *reading = NULL;
  FxuAssignmentFace face = {.bits = before, .spoken = spoken, .format = ""};

  if (assigned != NULL)
    {
      bits = bits_of (&assigned->quantizer);
      format = fxp_format_is_float (assigned->quantizer.format)
                 ? g_strdup ("")
                 : fxp_format_to_string (assigned->quantizer.format);
      face.slack = fxu_slack_of_assigned (assigned);
      reason = make_reason (assigned);
      reading = make_reading (assignment, assigned, &face.slack, present);
      face.before = fxp_quantizer_equal (present, &assigned->quantizer) ? NULL : before;
      face.bits = bits;
      face.format = format;
      face.reason = reason;
      face.reading = reading;
      face.is_locked = fxu_theory_is_locked (theory, id);
      face.has_notes = (assigned->notes & NOTES_THAT_ACT) != 0;
    }
  else
    face.reason = face.reading = _ ("not assigned");
  fxu_assignment_cell_show (cell, &face);
}

char *
fxu_assignment_text_typeset (const char *formula)
{
  g_autoptr (GRegex) power = g_regex_new ("\\^(-?)([0-9]+)", 0, 0, NULL);
  g_autoptr (GRegex) minus = g_regex_new ("<sup>-", 0, 0, NULL);
  g_autoptr (GRegex) index = g_regex_new ("_(acc|min|max|[A-Z]+)(?![a-z])", 0, 0, NULL);
  g_autofree char *escaped = NULL;
  g_autofree char *raised = NULL;
  g_autofree char *signs = NULL;

  if (formula == NULL)
    return NULL;
  escaped = g_markup_escape_text (formula, -1);
  raised = g_regex_replace (power, escaped, -1, 0, "<sup>\\1\\2</sup>", 0, NULL);
  signs = g_regex_replace_literal (minus, raised, -1, 0, "<sup>−", 0, NULL);
  return g_regex_replace (index, signs, -1, 0, "<sub>\\1</sub>", 0, NULL);
}

char *
fxu_assignment_text_number (double value)
{
  int exponent;

  if (value == 0.0 || !isfinite (value))
    return g_strdup_printf ("%g", value);
  /* Steps and ranges are powers of two, and are told as such. */
  if (frexp (value, &exponent) == 0.5)
    return g_strdup_printf ("2<sup>%s%d</sup>", exponent - 1 < 0 ? "−" : "", ABS (exponent - 1));
  return g_strdup_printf ("%.3g", value);
}

static const char *
get_measure (FxpCriterion criterion)
{
  switch (criterion)
    {
    case FXP_CRITERION_EFQN:
      /* translators: p_m is the probability of a mismatch */
      return _ ("share of p<sub>m</sub>");
    case FXP_CRITERION_GC:
    case FXP_CRITERION_RANGE:
      return _ ("range");
    case FXP_CRITERION_RQB:
    case FXP_CRITERION_BQN:
    case FXP_CRITERION_AS:
    default:
      return _ ("step");
    }
}

char *
fxu_assignment_text_describe_judgement (const FxpJudgement *judgement)
{
  gboolean is_range =
    judgement->criterion == FXP_CRITERION_GC || judgement->criterion == FXP_CRITERION_RANGE;
  g_autofree char *measured = fxu_assignment_text_number (judgement->measured);
  g_autofree char *limit = fxu_assignment_text_number (judgement->limit);
  FxuSlack slack = fxu_slack_of (judgement, 1);
  const char *measure = get_measure (judgement->criterion);

  if (is_range && slack.level == FXU_SLACK_BROKEN)
    /* translators: what it is of, its value, its limit, bits; Pango markup */
    return g_strdup_printf (_ ("%s %s, at least %s is needed: %.1f bits too narrow"),
                            measure,
                            measured,
                            limit,
                            -slack.bits);
  if (is_range)
    /* translators: what it is of, its value, its limit, bits; Pango markup */
    return g_strdup_printf (_ ("%s %s, at least %s is needed: %.1f bits to spare"),
                            measure,
                            measured,
                            limit,
                            fabs (slack.bits));
  if (slack.level == FXU_SLACK_BROKEN)
    /* translators: what it is of, its value, its limit, bits; Pango markup */
    return g_strdup_printf (_ ("%s %s, at most %s is allowed: %.1f bits too coarse"),
                            measure,
                            measured,
                            limit,
                            -slack.bits);
  /* translators: what it is of, its value, its limit, bits; Pango markup */
  return g_strdup_printf (_ ("%s %s, at most %s is allowed: %.1f bits to spare"),
                          measure,
                          measured,
                          limit,
                          fabs (slack.bits));
}
