/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/views-private.h"

/* At most fifteen fields and five sheets a second... */
static const gint64 intervals_us[FXP_N_PICTURES] = {
  [FXP_PICTURE_FIELD] = G_USEC_PER_SEC / 15,
  [FXP_PICTURE_SHEET] = G_USEC_PER_SEC / 5,
};

/* ...and nine times as long training as drawing: a tenth of the time in all. */
#define REST_FACTOR 9

void
fxp_views_clear (FxpViews *self)
{
  fxp_views_forget (self);
}

void
fxp_views_set (FxpViews *self, FxpView wanted, guint field_size)
{
  FxpPictureState *field = &self->pictures[FXP_PICTURE_FIELD];
  FxpPictureState *sheet = &self->pictures[FXP_PICTURE_SHEET];

  field->wanted = (wanted & FXP_VIEW_FIELD) != 0;
  sheet->wanted = (wanted & FXP_VIEW_SHEET) != 0;
  if (self->field == NULL || self->field->size != field_size)
    field->stale = TRUE;
  if (self->sheet == NULL)
    sheet->stale = TRUE;
  self->field_size = field_size;
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
  g_clear_pointer (&self->field, fxp_field_unref);
  g_clear_pointer (&self->sheet, fxp_sheet_unref);
  fxp_views_invalidate (self);
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
  due = state->began + intervals_us[picture];
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

static gboolean
make_picture (FxpViews *self, FxpPicture picture, FxpEvaluation *evaluation, const FxpTwins *twins)
{
  const FxpField *field = NULL;
  const FxpSheet *sheet = NULL;

  if (picture == FXP_PICTURE_FIELD)
    field = fxp_evaluation_make_field (evaluation, twins, self->field_size);
  else
    sheet = fxp_evaluation_make_sheet (evaluation, twins);
  if (field != NULL)
    {
      g_clear_pointer (&self->field, fxp_field_unref);
      self->field = field;
    }
  if (sheet != NULL)
    {
      g_clear_pointer (&self->sheet, fxp_sheet_unref);
      self->sheet = sheet;
    }
  return field != NULL || sheet != NULL;
}

gboolean
fxp_views_update (FxpViews *self,
                  FxpEvaluation *evaluation,
                  const FxpTwins *twins,
                  gboolean running,
                  gint64 now)
{
  gboolean any = FALSE;

  for (guint i = 0; i < FXP_N_PICTURES; i++)
    {
      FxpPictureState *state = &self->pictures[i];

      if (get_picture_due (self, i, running) > now)
        continue;
      state->began = g_get_monotonic_time ();
      any |= make_picture (self, i, evaluation, twins);
      state->ended = g_get_monotonic_time ();
      state->stale = FALSE;
    }
  return any;
}
