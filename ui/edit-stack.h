/* SPDX-License-Identifier: MIT */
/* Undo and redo over immutable experiments: the newest one and the way back.  Main thread. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

typedef struct _FxuEditStack FxuEditStack;

FxuEditStack *fxu_edit_stack_new (FxpExperiment *first) G_GNUC_WARN_UNUSED_RESULT;
void fxu_edit_stack_free (FxuEditStack *self);

FxpExperiment *fxu_edit_stack_get_current (FxuEditStack *self); /* borrowed */
/* A new current experiment: one step, or part of the step between begin and end.  The way forward
 * is gone then. */
void fxu_edit_stack_push (FxuEditStack *self, FxpExperiment *experiment);
/* Another current experiment without a step: a correction of what was pushed last. */
void fxu_edit_stack_replace (FxuEditStack *self, FxpExperiment *experiment);
/* @good becomes current and every step made since it was is forgotten. */
void fxu_edit_stack_retreat (FxuEditStack *self, FxpExperiment *good);

/* Everything pushed in between is one step.  They nest. */
void fxu_edit_stack_begin (FxuEditStack *self);
void fxu_edit_stack_end (FxuEditStack *self);
gboolean fxu_edit_stack_is_open (FxuEditStack *self);

gboolean fxu_edit_stack_can_undo (FxuEditStack *self);
gboolean fxu_edit_stack_can_redo (FxuEditStack *self);
/* FALSE if there is nothing to go to, or a step is still open. */
gboolean fxu_edit_stack_undo (FxuEditStack *self);
gboolean fxu_edit_stack_redo (FxuEditStack *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuEditStack, fxu_edit_stack_free)

G_END_DECLS
