import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.neo4j.configuration.GraphDatabaseInternalSettings;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.io.ByteUnit;

/** Neo4j Community with Bolt on the loopback and nothing else: Start HOME PORT PAGE_CACHE_MB ACCESS. */
public final class Start {
  private Start() {}

  public static void main(String[] args) throws InterruptedException {
    if (args.length != 4) {
      System.err.println("usage: Start HOME PORT PAGE_CACHE_MB password|open");
      System.exit(2);
    }
    Path home = Path.of(args[0]).toAbsolutePath();
    SocketAddress bolt = new SocketAddress("127.0.0.1", Integer.parseInt(args[1]));
    long pageCache = ByteUnit.mebiBytes(Long.parseLong(args[2]));

    DatabaseManagementService neo4j =
        new DatabaseManagementServiceBuilder(home)
            .setConfig(BoltConnector.enabled, true)
            .setConfig(BoltConnector.listen_address, bolt)
            .setConfig(BoltConnector.advertised_address, bolt)
            .setConfig(GraphDatabaseSettings.auth_enabled, !args[3].equals("open"))
            // The password cannot be guessed; but wrong ones would lock out who has the right one.
            .setConfig(GraphDatabaseSettings.auth_max_failed_attempts, 0)
            .setConfig(GraphDatabaseSettings.pagecache_memory, pageCache)
            // A writer that waits longer than this is told so, instead of waiting for ever.
            .setConfig(GraphDatabaseSettings.lock_acquisition_timeout, Duration.ofSeconds(30))
            .setConfig(GraphDatabaseSettings.transaction_timeout, Duration.ofMinutes(10))
            // Keeps the transaction logs of a long-lived development store small.
            .setConfig(GraphDatabaseSettings.keep_logical_logs, "100M size")
            .setConfig(GraphDatabaseSettings.log_queries, GraphDatabaseSettings.LogQueryLevel.OFF)
            .setConfig(GraphDatabaseSettings.udc_enabled, false)
            // Each of two Bolt listeners would otherwise be quiet for five seconds before it closes.
            .setConfig(GraphDatabaseInternalSettings.netty_server_shutdown_quiet_period, 0)
            .build();

    CountDownLatch stopped = new CountDownLatch(1);
    // SIGTERM runs this hook: the store is closed and checkpointed, so the next start is quick.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  neo4j.shutdown();
                  stopped.countDown();
                },
                "shutdown"));
    System.out.println("Bolt on " + bolt);
    stopped.await();
  }
}
