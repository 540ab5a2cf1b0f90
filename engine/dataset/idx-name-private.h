/* SPDX-License-Identifier: MIT */
/* The names of IDX files: PREFIX PART KIND [.gz], as in "usps-" "train-" "images-idx3-ubyte" ".gz";
 * for idx-files.c. */
#pragma once

#ifndef FXP_COMPILATION
#  error "idx-name-private.h is for engine/ and tests/ only"
#endif

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  FXP_IDX_IMAGES,
  FXP_IDX_LABELS,
  FXP_IDX_N_KINDS
} FxpIdxKind;

/* What a file is for; the last is of files whose name tells no part. */
typedef enum
{
  FXP_IDX_TRAIN,
  FXP_IDX_T10K,
  FXP_IDX_TEST,
  FXP_IDX_NO_PART,
  FXP_IDX_N_PARTS
} FxpIdxPart;

typedef struct
{
  char *prefix; /* owned; of all files of a set */
  FxpIdxPart part;
  FxpIdxKind kind;
} FxpIdxName;

#define FXP_IDX_N_SPELLINGS 2

/* FALSE, and no prefix, if @basename is not the name of an IDX file. */
gboolean fxp_idx_name_parse (FxpIdxName *self, const char *basename);
void fxp_idx_name_clear (FxpIdxName *self);

/* "train-" */
const char *fxp_idx_part_get_text (FxpIdxPart part);
/* "images-idx3-ubyte", or the same with a dot; @spelling below FXP_IDX_N_SPELLINGS. */
const char *fxp_idx_kind_get_text (FxpIdxKind kind, guint spelling);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FxpIdxName, fxp_idx_name_clear)

G_END_DECLS
