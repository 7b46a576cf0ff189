// The app's Home tab: one view per person, opened anew whenever somebody comes to it.
import { useEffect } from "preact/hooks";
import { Blocks } from "./blocks.jsx";
import { SurfaceProvider } from "./surface.jsx";
import { useWorkspace } from "./workspace.js";

export function Home() {
  const { state, send } = useWorkspace();
  const view = state.home;
  useEffect(() => {
    send("open_home", {});
  }, [state.me]);
  return (
    <div class="scroll" data-testid="home" tabindex="-1">
      <div class="home">
        {view ? (
          <SurfaceProvider
            key={view.id}
            surfaceKey={`home ${view.id} ${view.hash}`}
            where={{ view_id: view.id }}
            blocks={view.blocks}
            send={send}
          >
            <Blocks blocks={view.blocks} />
          </SurfaceProvider>
        ) : (
          <p class="empty">{state.bot.name} has not written anything here yet.</p>
        )}
      </div>
    </div>
  );
}
