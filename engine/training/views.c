/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/views-private.h"

static gconstpointer
make_field (const FxpViews *self, const FxpTwins *twins)
{
  return fxp_evaluation_make_field (twins, self->field_size);
}

static gconstpointer
make_sheet (const FxpViews *self, const FxpTwins *twins)
{
  return fxp_evaluation_make_sheet (twins);
}

static gconstpointer
make_filters (const FxpViews *self, const FxpTwins *twins)
{
  return fxp_evaluation_make_filters (twins);
}

static gconstpointer
make_activations (const FxpViews *self, const FxpTwins *twins)
{
  return fxp_evaluation_make_activations (twins, self->sample);
}

/* At most fifteen fields and five of the others a second... */
static const struct
{
  FxpView view;
  gint64 interval_us;
  gconstpointer (*make) (const FxpViews *self, const FxpTwins *twins);
} kinds[FXP_N_PICTURES] = {
  [FXP_PICTURE_FIELD] = {FXP_VIEW_FIELD, G_USEC_PER_SEC / 15, make_field},
  [FXP_PICTURE_SHEET] = {FXP_VIEW_SHEET, G_USEC_PER_SEC / 5, make_sheet},
  [FXP_PICTURE_FILTERS] = {FXP_VIEW_FILTERS, G_USEC_PER_SEC / 5, make_filters},
  [FXP_PICTURE_ACTIVATIONS] = {FXP_VIEW_ACTIVATIONS, G_USEC_PER_SEC / 5, make_activations},
};

/* ...and nine times as long training as drawing: a tenth of the time in all. */
#define REST_FACTOR 9

static void
forget (FxpPictureState *state)
{
  g_clear_pointer (&state->newest, fxp_picture_unref);
  state->stale = TRUE;
}

void
fxp_views_clear (FxpViews *self)
{
  fxp_views_forget (self);
}

void
fxp_views_set (FxpViews *self, FxpView wanted, guint field_size)
{
  if (self->field_size != field_size)
    self->pictures[FXP_PICTURE_FIELD].stale = TRUE;
  self->field_size = field_size;
  for (guint i = 0; i < FXP_N_PICTURES; i++)
    {
      FxpPictureState *state = &self->pictures[i];

      state->wanted = (wanted & kinds[i].view) != 0;
      if (state->newest == NULL)
        state->stale = TRUE;
    }
}

void
fxp_views_set_sample (FxpViews *self, guint32 sample)
{
  if (sample != self->sample)
    self->pictures[FXP_PICTURE_ACTIVATIONS].stale = TRUE;
  self->sample = sample;
}

void
fxp_views_invalidate (FxpViews *self)
{
  for (guint i = 0; i < FXP_N_PICTURES; i++)
    self->pictures[i].stale = TRUE;
}

void
fxp_views_forget (FxpViews *self)
{
  for (guint i = 0; i < FXP_N_PICTURES; i++)
    forget (&self->pictures[i]);
}

static gint64
get_picture_due (const FxpViews *self, FxpPicture picture, gboolean running)
{
  const FxpPictureState *state = &self->pictures[picture];
  gint64 due;

  if (!state->wanted || !state->stale)
    return G_MAXINT64;
  if (state->ended == 0)
    return 0;
  due = state->began + kinds[picture].interval_us;
  if (running)
    due = MAX (due, state->ended + REST_FACTOR * (state->ended - state->began));
  return due;
}

gint64
fxp_views_get_due (const FxpViews *self, gboolean running)
{
  gint64 due = G_MAXINT64;

  for (guint i = 0; i < FXP_N_PICTURES; i++)
    due = MIN (due, get_picture_due (self, i, running));
  return due;
}

gboolean
fxp_views_update (FxpViews *self, const FxpTwins *twins, gboolean running, gint64 now)
{
  gboolean any = FALSE;

  for (guint i = 0; i < FXP_N_PICTURES; i++)
    {
      FxpPictureState *state = &self->pictures[i];
      gconstpointer picture;

      if (get_picture_due (self, i, running) > now)
        continue;
      state->began = g_get_monotonic_time ();
      picture = kinds[i].make (self, twins);
      state->ended = g_get_monotonic_time ();
      state->stale = FALSE;
      if (picture == NULL)
        continue;
      g_clear_pointer (&state->newest, fxp_picture_unref);
      state->newest = picture;
      any = TRUE;
    }
  return any;
}
