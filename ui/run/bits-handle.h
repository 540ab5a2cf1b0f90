/* SPDX-License-Identifier: MIT */
/* "Bits everywhere": one handle for the word length of every quantized tensor. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_BITS_HANDLE (fxu_bits_handle_get_type ())
G_DECLARE_FINAL_TYPE (FxuBitsHandle, fxu_bits_handle, FXU, BITS_HANDLE, GtkWidget)

GtkWidget *fxu_bits_handle_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* Draws attention to itself once, unless motion is unwanted. */
void fxu_bits_handle_breathe (FxuBitsHandle *self);

G_END_DECLS
