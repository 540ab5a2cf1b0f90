/* SPDX-License-Identifier: MIT */
/* SIGINT, SIGTERM and SIGHUP while the calling thread is at work that a GCancellable ends. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FXA_N_SIGNALS 3

/* From here on the signals, unless they are ignored, call @func, as a GSourceFunc, on the thread of
 * @context (NULL: the default one). */
void fxa_signals_catch (GSource *sources[FXA_N_SIGNALS],
                        GMainContext *context,
                        GSourceFunc func,
                        gpointer data);
void fxa_signals_release (GSource *sources[FXA_N_SIGNALS]);
/* Ends the program as if it had not caught SIGINT. */
void fxa_signals_raise (void);

typedef struct _FxaInterruption FxaInterruption;

/* From here to the end the first signal cancels, and a second one kills as usual: what is under way
 * may take longer than the user is willing to wait. */
FxaInterruption *fxa_interruption_new (void) G_GNUC_WARN_UNUSED_RESULT;
void fxa_interruption_free (FxaInterruption *self);
GCancellable *fxa_interruption_get_cancellable (const FxaInterruption *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxaInterruption, fxa_interruption_free)

G_END_DECLS
