/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "edit-stack.h"

/* Experiments share what they have in common, so a step costs little; this bounds it anyway. */
#define STEPS_MAX 1000

struct _FxuEditStack
{
  FxpExperiment *current; /* owned */
  GPtrArray *undo;        /* owned: older experiments, newest last */
  GPtrArray *redo;        /* owned: undone experiments, newest last */
  guint depth;            /* of begin() without end() */
  gboolean pushed;        /* the open step has its entry in undo */
};

static void
take_current (FxuEditStack *self, FxpExperiment *experiment)
{
  fxp_experiment_ref (experiment);
  fxp_experiment_unref (self->current);
  self->current = experiment;
}

FxuEditStack *
fxu_edit_stack_new (FxpExperiment *first)
{
  FxuEditStack *self;

  g_return_val_if_fail (first != NULL, NULL);

  self = g_new0 (FxuEditStack, 1);
  self->current = fxp_experiment_ref (first);
  self->undo = g_ptr_array_new_with_free_func ((GDestroyNotify)fxp_experiment_unref);
  self->redo = g_ptr_array_new_with_free_func ((GDestroyNotify)fxp_experiment_unref);
  return self;
}

void
fxu_edit_stack_free (FxuEditStack *self)
{
  if (self == NULL)
    return;

  fxp_experiment_unref (self->current);
  g_ptr_array_unref (self->undo);
  g_ptr_array_unref (self->redo);
  g_free (self);
}

FxpExperiment *
fxu_edit_stack_get_current (FxuEditStack *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->current;
}

void
fxu_edit_stack_push (FxuEditStack *self, FxpExperiment *experiment)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (experiment != NULL);

  g_ptr_array_set_size (self->redo, 0);
  if (self->depth == 0 || !self->pushed)
    {
      g_ptr_array_add (self->undo, fxp_experiment_ref (self->current));
      if (self->undo->len > STEPS_MAX)
        g_ptr_array_remove_index (self->undo, 0);
    }
  self->pushed = self->depth > 0;
  take_current (self, experiment);
}

void
fxu_edit_stack_replace (FxuEditStack *self, FxpExperiment *experiment)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (experiment != NULL);

  take_current (self, experiment);
}

void
fxu_edit_stack_retreat (FxuEditStack *self, FxpExperiment *good)
{
  guint i;

  g_return_if_fail (self != NULL);
  g_return_if_fail (good != NULL);

  /* @good may live in the stack alone. */
  take_current (self, good);
  if (g_ptr_array_find (self->undo, good, &i))
    {
      g_ptr_array_set_size (self->undo, i);
      self->pushed = FALSE;
    }
  else if (g_ptr_array_find (self->redo, good, &i))
    g_ptr_array_set_size (self->redo, i);
}

void
fxu_edit_stack_begin (FxuEditStack *self)
{
  g_return_if_fail (self != NULL);

  if (self->depth++ == 0)
    self->pushed = FALSE;
}

void
fxu_edit_stack_end (FxuEditStack *self)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->depth > 0);

  if (--self->depth > 0 || !self->pushed)
    return;

  /* A drag that ends where it began is no step. */
  self->pushed = FALSE;
  if (fxp_experiment_equal (self->current, g_ptr_array_index (self->undo, self->undo->len - 1)))
    g_ptr_array_set_size (self->undo, self->undo->len - 1);
}

gboolean
fxu_edit_stack_is_open (FxuEditStack *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->depth > 0;
}

gboolean
fxu_edit_stack_can_undo (FxuEditStack *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->depth == 0 && self->undo->len > 0;
}

gboolean
fxu_edit_stack_can_redo (FxuEditStack *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->depth == 0 && self->redo->len > 0;
}

/* Moves the newest entry of @from to current, and current to @to. */
static void
travel (FxuEditStack *self, GPtrArray *from, GPtrArray *to)
{
  g_ptr_array_add (to, self->current);
  self->current = g_ptr_array_steal_index (from, from->len - 1);
}

gboolean
fxu_edit_stack_undo (FxuEditStack *self)
{
  if (!fxu_edit_stack_can_undo (self))
    return FALSE;

  travel (self, self->undo, self->redo);
  return TRUE;
}

gboolean
fxu_edit_stack_redo (FxuEditStack *self)
{
  if (!fxu_edit_stack_can_redo (self))
    return FALSE;

  travel (self, self->redo, self->undo);
  return TRUE;
}
