/* SPDX-License-Identifier: MIT */
/* One token of a topology's text and what it says by itself, before anything is known of what
 * stands around it. */
#pragma once

#ifndef FXP_COMPILATION
#  error "topology-token-private.h is for engine/ and tests/ only"
#endif

#include "experiment/topology.h"
#include "number/error.h"

G_BEGIN_DECLS

typedef struct
{
  const char *text;    /* the whole topology; borrowed */
  gsize start, length; /* of the token in it, in bytes */
  FxpLayerSpec spec;   /* FXP_LAYER_ADDITION: a residual block of these units, whose first
                        * convolution has this stride and which drops this percentage; the kernel
                        * is its projection's, 0 for a padded identity.  From and skip are open */
  gboolean is_bare;    /* a dense layer given as a number alone */
  gboolean normalizes; /* a residual block with batch normalizations */
} FxpToken;

/* Sets an error that names the token and its place, and why; FALSE. */
gboolean
fxp_token_fail (const FxpToken *self, FxpError code, GError **error, const char *reason, ...)
  G_GNUC_PRINTF (4, 5);
/* The same for what is no token at all. */
gboolean fxp_token_fail_unknown (const FxpToken *self, GError **error);

/* Takes what a word without brackets says: all kinds of layers but residual blocks, and no bare
 * number, which only its place explains.  @word is in upper case. */
gboolean fxp_token_read (FxpToken *self, const char *word, GError **error);
/* Takes a residual block; @inside is what stands in its bracket. */
gboolean fxp_token_read_block (FxpToken *self, const char *inside, GError **error);
/* Takes a dense layer of @units, given as a number alone. */
gboolean fxp_token_read_bare (FxpToken *self, guint64 units, GError **error);
/* Appends its canonical spelling, which reads back as the same. */
void fxp_token_write (const FxpToken *self, GString *text);

/* Takes the digits at @at; FALSE if there are none.  Numbers above every limit stop growing. */
gboolean fxp_take_number (const char **at, guint64 *number);

G_END_DECLS
