/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/slack.h"
#include "plot/ink.h"

#include <glib/gi18n.h>
#include <math.h>

/* What is written as 0.0 breaks nothing: limits are reached, not passed, when a step is the power
 * of two that the criterion names. */
#define BITS_MIN -0.05
/* A bar of full height. */
#define BITS_FULL 2.0
/* Of what shows how high it could be. */
#define TRACK_ALPHA 0.22
/* So that the least slack is still to be seen. */
#define SHARE_MIN 0.12

static FxuSlackLevel
level_of (double bits)
{
  if (bits < BITS_MIN)
    return FXU_SLACK_BROKEN;
  return bits < 1.0 ? FXU_SLACK_TIGHT : FXU_SLACK_SPARE;
}

/* Ranges that no criterion names are mostly just as wide as they have to be, which would hide what
 * the criteria leave: one that is wide enough gives way to them. */
static gboolean
comes_before (const FxuSlack *a, const FxuSlack *b)
{
  gboolean a_gives_way = a->criterion == FXP_CRITERION_RANGE && a->level != FXU_SLACK_BROKEN;
  gboolean b_gives_way = b->criterion == FXP_CRITERION_RANGE && b->level != FXU_SLACK_BROKEN;

  if (b->level == FXU_SLACK_UNKNOWN || a_gives_way != b_gives_way)
    return b->level == FXU_SLACK_UNKNOWN || b_gives_way;
  return a->bits < b->bits;
}

FxuSlack
fxu_slack_of (const FxpJudgement *judgements, guint n)
{
  FxuSlack least = {FXU_SLACK_UNKNOWN, FXP_CRITERION_NONE, NAN};

  for (guint i = 0; i < n; i++)
    {
      FxuSlack slack = {level_of (judgements[i].slack),
                        judgements[i].criterion,
                        judgements[i].slack};

      if (slack.criterion != FXP_CRITERION_NONE && !isnan (slack.bits) &&
          comes_before (&slack, &least))
        least = slack;
    }
  return least;
}

FxuSlack
fxu_slack_of_assigned (const FxpAssigned *assigned)
{
  const FxpJudgement judgements[] = {assigned->range, assigned->step};

  return fxu_slack_of (judgements, G_N_ELEMENTS (judgements));
}

FxuSlack
fxu_slack_judge (FxuSession *session, FxpTensorId id)
{
  FxuTheory *theory = fxu_session_get_theory (session);
  FxpJudgement judgements[FXP_JUDGEMENTS_MAX];
  guint n = 0;

  /* The criteria judge formats that stand still. */
  if (theory != NULL && id.role < FXP_N_ROLES &&
      !fxp_experiment_moves (fxu_session_get_experiment (session), id))
    n = fxu_theory_judge (theory, id, judgements);
  return fxu_slack_of (judgements, n);
}

char *
fxu_slack_bits_to_string (double bits)
{
  double tenths = round (10.0 * bits);

  if (tenths == 0.0)
    return g_strdup_printf ("%.1f", 0.0);
  /* A minus sign is as wide as the plus. */
  return g_strdup_printf ("%s%.1f", tenths < 0.0 ? "−" : "+", fabs (tenths) / 10.0);
}

const char *
fxu_slack_abbreviate (FxpCriterion criterion)
{
  return criterion == FXP_CRITERION_RANGE ? fxp_criterion_get_name (criterion)
                                          : fxp_criterion_get_nick (criterion);
}

char *
fxu_slack_to_brief (const FxuSlack *self)
{
  g_autofree char *bits = NULL;

  if (self->level == FXU_SLACK_UNKNOWN)
    return NULL;
  bits = fxu_slack_bits_to_string (self->bits);
  /* translators: short name of a criterion and the bits it lacks or leaves; very short */
  return g_strdup_printf (_ ("%s %s bits"), fxu_slack_abbreviate (self->criterion), bits);
}

char *
fxu_slack_to_words (const FxuSlack *self)
{
  const char *name = fxp_criterion_get_name (self->criterion);
  const char *nick = fxp_criterion_get_nick (self->criterion);

  if (self->level == FXU_SLACK_UNKNOWN)
    return NULL;
  if (self->criterion == FXP_CRITERION_RANGE)
    return g_strdup_printf (self->level == FXU_SLACK_BROKEN ? _ ("its range lacks %.1f bits")
                                                            : _ ("its range leaves %.1f bits"),
                            fabs (self->bits));
  switch (self->level)
    {
    case FXU_SLACK_BROKEN:
      /* translators: name and short name of a criterion, and bits */
      return g_strdup_printf (_ ("%s (%s) is broken by %.1f bits"), name, nick, -self->bits);
    case FXU_SLACK_TIGHT:
    case FXU_SLACK_SPARE:
    default:
      /* translators: name and short name of a criterion, and bits */
      return g_strdup_printf (_ ("%s (%s) leaves %.1f bits"), name, nick, fabs (self->bits));
    }
}

void
fxu_slack_draw (const FxuSlack *self,
                cairo_t *cr,
                double x,
                double y,
                double width,
                double height,
                const FxuPalette *palette)
{
  static const struct
  {
    FxuHue hue;
    FxuFilling filling;
  } looks[] = {
    [FXU_SLACK_BROKEN] = {FXU_HUE_OVER, FXU_FILLING_HATCHED},
    [FXU_SLACK_TIGHT] = {FXU_HUE_UNDER, FXU_FILLING_DOTTED},
    [FXU_SLACK_SPARE] = {FXU_HUE_OK, FXU_FILLING_SOLID},
  };
  FxuColor track = palette->hues[FXU_HUE_DIM];
  double share = 1.0;

  if (self->level == FXU_SLACK_UNKNOWN)
    return;
  if (self->level != FXU_SLACK_BROKEN)
    share = CLAMP (self->bits / BITS_FULL, SHARE_MIN, 1.0);
  track.alpha = TRACK_ALPHA;
  cairo_rectangle (cr, x, y, width, height);
  fxu_ink_fill (cr, track, FXU_FILLING_SOLID);
  cairo_rectangle (cr, x, y + height * (1.0 - share), width, height * share);
  fxu_ink_fill (cr, palette->hues[looks[self->level].hue], looks[self->level].filling);
}
