/* SPDX-License-Identifier: MIT */
/* What the trainer asks of the worker.  trainer.c sends, loop.c obeys, nobody else. */
#pragma once

#ifndef FXP_COMPILATION
#  error "command-private.h is for engine/ and tests/ only"
#endif

#include "dataset/dataset.h"
#include "training/checkpoint.h"

G_BEGIN_DECLS

typedef enum
{
  FXP_COMMAND_RUN,
  FXP_COMMAND_PAUSE,
  FXP_COMMAND_STEP,
  FXP_COMMAND_STEP_EPOCH,
  FXP_COMMAND_RESET,
  FXP_COMMAND_SET_SPEED,
  FXP_COMMAND_SET_EXPERIMENT,
  FXP_COMMAND_RESTORE,
  FXP_COMMAND_CHECKPOINT,
  FXP_COMMAND_GIVE_WAY,
  FXP_COMMAND_SET_VIEW,
  FXP_COMMAND_SET_SAMPLE,
  FXP_COMMAND_SKIP_TEST,
  FXP_COMMAND_SET_LOG_FILE,
  FXP_COMMAND_QUIT,
} FxpCommandKind;

typedef struct
{
  FxpCommandKind kind;
  guint64 serial;
  guint64 epochs, steps;     /* run: limits, 0 is none; step: how many */
  double speed;              /* set-speed */
  guint view, field_size;    /* set-view */
  guint32 sample;            /* set-sample */
  FxpExperiment *experiment; /* owned; set-experiment */
  FxpDataset *dataset;       /* owned; set-experiment, NULL keeps the data */
  FxpCheckpoint *checkpoint; /* owned; restore */
  GFile *file;               /* owned; set-log-file, NULL ends the log */
} FxpCommand;

FxpCommand *fxp_command_new (FxpCommandKind kind, guint64 serial) G_GNUC_WARN_UNUSED_RESULT;
void fxp_command_free (FxpCommand *self);
/* TRUE if @self need not be obeyed because @next, which follows at once, replaces it.  @next then
 * brings what it needs of it. */
gboolean fxp_command_superseded (FxpCommand *self, FxpCommand *next);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpCommand, fxp_command_free)

G_END_DECLS
