/* SPDX-License-Identifier: MIT */
/* The precision matrix by name: "precision.LAYER.ROLE.FIELD". */
#pragma once

#ifndef FXP_COMPILATION
#  error "precision-keys-private.h is for engine/ and tests/ only"
#endif

#include "experiment/experiment-private.h"

G_BEGIN_DECLS

/* The column of the sum registers, behind those of the tensors. */
#define FXP_COLUMN_SUM FXP_N_ROLES
#define FXP_N_COLUMNS  (FXP_N_ROLES + 1)
/* Every layer, or every column whose format quantizes by default (W, A, G_W, G_A, W_acc); of these
 * the cells that are there and not shared. */
#define FXP_PLACE_ALL (-1)

typedef struct
{
  int layer;  /* from 0, or FXP_PLACE_ALL */
  int column; /* FxpRole, FXP_COLUMN_SUM or FXP_PLACE_ALL */
} FxpPlace;

/* LAYER is `*` or counts from 1, ROLE is a nick, `sum` or `*`. */
gboolean fxp_place_parse (const char *layer, const char *role, FxpPlace *place, GError **error);
/* Goes from one cell to the one that owns its tensor; FALSE if @self is no single cell or owns it.
 */
gboolean fxp_place_find_owner (FxpPlace *self, const FxpExperiment *experiment);
/* Whether the field is one that files hold at this place: all but `bits` of a tensor, which is
 * relative to the format it had before. */
gboolean fxp_place_has_field (const FxpPlace *self, const char *field);
/* The fields for which that is so, as text for messages. */
char *fxp_place_list_fields (const FxpPlace *self) G_GNUC_WARN_UNUSED_RESULT;

/* On a fresh copy only. */
gboolean fxp_precision_set (FxpExperiment *self,
                            const FxpPlace *place,
                            const char *field,
                            const char *text,
                            GError **error);
/* The field of every cell @place stands for; NULL where they differ or there is no such field. */
char *fxp_precision_get (const FxpExperiment *self,
                         const FxpPlace *place,
                         const char *field) G_GNUC_WARN_UNUSED_RESULT;
/* Adds "key=value" of @b for every cell that differs, is there and is not shared, one for all
 * layers where they agree.  Both have the same number of layers. */
void fxp_precision_diff (const FxpExperiment *a, const FxpExperiment *b, GStrvBuilder *changes);
/* Adds all cells that are there and not shared as groups; momentum that is neither used nor set is
 * left out. */
void fxp_precision_write (const FxpExperiment *self, GKeyFile *file);

G_END_DECLS
