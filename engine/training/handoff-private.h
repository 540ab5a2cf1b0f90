/* SPDX-License-Identifier: MIT */
/* All that crosses between the main thread and the worker: commands in through a queue, snapshots
 * out through one atomic pointer, one long-lived source as the wake-up.  trainer.c and loop.c only.
 */
#pragma once

#ifndef FXP_COMPILATION
#  error "handoff-private.h is for engine/ and tests/ only"
#endif

#include "training/command-private.h"
#include "training/snapshot.h"

G_BEGIN_DECLS

/* Tell ThreadSanitizer what GLib's own locks do, as GLib is not built for it: SEND just before a
 * pointer is given away, RECEIVE just after it was got. */
#if defined(__SANITIZE_THREAD__)
#  define FXP_THREAD_SANITIZER
#elif defined(__has_feature)
#  if __has_feature(thread_sanitizer)
#    define FXP_THREAD_SANITIZER
#  endif
#endif

#ifdef FXP_THREAD_SANITIZER
void __tsan_acquire (void *address);
void __tsan_release (void *address);
#  define FXP_HANDOFF_SEND(p)    __tsan_release (p)
#  define FXP_HANDOFF_RECEIVE(p) __tsan_acquire (p)
#else
#  define FXP_HANDOFF_SEND(p)    ((void)(p))
#  define FXP_HANDOFF_RECEIVE(p) ((void)(p))
#endif

typedef struct
{
  GAsyncQueue *commands; /* owned; of FxpCommand */
  FxpSnapshot *latest;   /* (atomic) owned by whoever exchanges it out */
  GSource *wake;         /* owned; main's, the worker only sets its ready time */
} FxpHandoff;

/* @deliver is called with @data in the caller's thread-default main context, once or more after
 * each publish. */
void fxp_handoff_init (FxpHandoff *self, GSourceFunc deliver, gpointer data);
/* Stops the wake-up; the worker may still publish. */
void fxp_handoff_close (FxpHandoff *self);
/* Both threads are done with it. */
void fxp_handoff_clear (FxpHandoff *self);

/* Main: gives @command away. */
void fxp_handoff_send (FxpHandoff *self, FxpCommand *command);
/* Worker: the next command, waiting for it at most @wait_us; 0 does not wait, negative waits for
 * as long as it takes. */
FxpCommand *fxp_handoff_receive (FxpHandoff *self, gint64 wait_us) G_GNUC_WARN_UNUSED_RESULT;
/* Worker: gives @snapshot away.  What main has not taken yet is merged into it. */
void fxp_handoff_publish (FxpHandoff *self, FxpSnapshot *snapshot);
/* Main: what was published since the last call, or NULL. */
FxpSnapshot *fxp_handoff_take (FxpHandoff *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
