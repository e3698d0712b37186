package dev.orograph.cli;

import dev.orograph.hub.Fetch;
import dev.orograph.hub.HubName;
import dev.orograph.hub.HubSettings;
import dev.orograph.survey.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code orograph fetch}: a model from the hub into the cache that the hub's tools share. */
@Command(
    name = "fetch",
    description =
        "Downloads what a survey needs of a model on the Hugging Face hub: settings, tokenizer,"
            + " weights (safetensors where there are any). Other tools of the hub find it in the"
            + " same cache.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph fetch google-t5/t5-small            and then survey it by its name",
      "  orograph fetch org/model@v1.0                a tag, a branch or a commit hash",
      "  orograph fetch org/model --file '*q8*.gguf'  other weights than the usual ones",
      "",
      "Environment: HF_TOKEN for private and gated models, HF_HUB_CACHE or HF_HOME for",
      "the place, HF_ENDPOINT for another hub, HF_HUB_OFFLINE=1 for no connection.",
      "",
      "A download that was interrupted goes on where it stopped when the same command",
      "is given again.",
    })
final class FetchCommand implements Callable<Integer> {
  private static final int SHORT = 8;

  @ParentCommand private Main main;

  @Parameters(
      paramLabel = "NAME",
      arity = "1..*",
      description = "Models: org/model or org/model@revision.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--file",
      paramLabel = "PATTERN",
      description = "Which weights, with * and ?, where not the usual ones.")
  private Optional<String> pattern = Optional.empty();

  @Mixin private Quiet quiet;

  @Override
  public Integer call() {
    HubSettings settings = HubSettings.usual();
    return main.each(
        names,
        name -> {
          one(settings, HubName.parse(name));
          return 0;
        });
  }

  private void one(HubSettings settings, HubName name) {
    String kept = "what has come is kept in " + settings.cache().root();
    try (Bar bar = Bar.on(quiet.quiet(), "fetch", "files");
        Interrupt interrupt = Interrupt.on("fetching " + name, () -> kept)) {
      Fetch.Fetched fetched = Fetch.run(settings, name, pattern, new Told(bar));
      interrupt.stage("telling of it");
      bar.clear();
      if (!quiet.quiet()) {
        String what =
            fetched.fetched() == 0
                ? "all were there already"
                : fetched.fetched() + " were not there before";
        System.out.println(
            name
                + " is in the cache: commit "
                + fetched.commit().substring(0, SHORT)
                + ", "
                + fetched.files()
                + " files, "
                + Sizes.bytes(fetched.bytes())
                + "; "
                + what);
        System.out.println("Folder:  " + fetched.snapshot());
        System.out.println("Next:    orograph survey " + name);
      }
    }
  }

  /** Progress on the bar; what takes time in a line of its own. */
  private final class Told implements Fetch.Heard {
    private final Bar bar;

    Told(Bar bar) {
      this.bar = bar;
    }

    @Override
    public void bytes(String file, long done, long total, int files, int of) {
      bar.task(Terminal.visible(file), "", (double) done, (double) Math.max(1, total), files, of);
    }

    @Override
    public void waits(String why) {
      quiet.say("orograph: " + Terminal.visible(why));
    }
  }
}
