/* SPDX-License-Identifier: MIT */
/* libmatio, loaded when the first MATLAB file is read: it brings along HDF5 and with it clients of
 * half the network's protocols. */
#pragma once

#ifndef FXP_COMPILATION
#  error "mat-library-private.h is for engine/ and tests/ only"
#endif

#include <glib.h>
#include <matio.h>

G_BEGIN_DECLS

#define FXP_MAT_FUNCTIONS(F)                                                                       \
  F (Close)                                                                                        \
  F (Open)                                                                                         \
  F (SizeOfClass)                                                                                  \
  F (VarFree)                                                                                      \
  F (VarReadDataLinear)                                                                            \
  F (VarReadInfo)

/* Its functions: Mat_Open() is Open() here. */
typedef struct
{
#define DECLARE(name) __typeof__ (Mat_##name) *name;
  FXP_MAT_FUNCTIONS (DECLARE)
#undef DECLARE
} FxpMatLibrary;

/* NULL with FXP_ERROR_LIBRARY as of fxp_library_open(), without the place.  Any thread. */
const FxpMatLibrary *fxp_mat_library_get (GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
