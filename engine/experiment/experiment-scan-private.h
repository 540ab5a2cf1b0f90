/* SPDX-License-Identifier: MIT */
/* Which keys a file in text form has, and on which lines: GKeyFile, which reads the values, tells
 * no lines and takes a repeated or unknown key in silence. */
#pragma once

#ifndef FXP_COMPILATION
#  error "experiment-scan-private.h is for engine/ and tests/ only"
#endif

#include "experiment/experiment-keys-private.h"
#include "experiment/precision-keys-private.h"

G_BEGIN_DECLS

typedef struct
{
  guint line; /* counts from 1 */
  char *group;
  char *name;
  const FxpKey *key; /* NULL: a field of the precision matrix, at @place */
  FxpPlace place;
} FxpScanEntry;

/* Every key but the version, in order.  Each is known, stands once and in a known group, and the
 * version is the first and not too new.  @name names the file in errors. */
GArray *fxp_experiment_scan (const char *text,
                             const char *name,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
