import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.LocalDate;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * Drives a server by PostgreSQL's JDBC driver: portals that give their rows in parts, batches, statements
 * that get a name once they were executed often, binary values, COPY. Prints what it gets.
 *
 * <p>Usage: Jdbc.java URL USER PASSWORD
 */
public final class Jdbc {
  private static void show(ResultSet rows) throws SQLException {
    int columns = rows.getMetaData().getColumnCount();
    while (rows.next()) {
      StringBuilder line = new StringBuilder();
      for (int column = 1; column <= columns; column++) {
        line.append(rows.getString(column)).append('|');
      }
      System.out.println(line);
    }
  }

  public static void main(String[] args) throws Exception {
    try (Connection connection = DriverManager.getConnection(args[0], args[1], args[2])) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SELECT 1; SELECT 'zwei'");
        statement.execute("CREATE TEMP TABLE t (a int, b text, c numeric, d date, e timestamp)");
      }
      String insert = "INSERT INTO t VALUES (?, ?, ?, ?, ?)";
      try (PreparedStatement batch = connection.prepareStatement(insert)) {
        for (int row = 0; row < 20; row++) {
          batch.setInt(1, row);
          batch.setString(2, row % 3 == 0 ? null : "row " + row);
          batch.setBigDecimal(3, new BigDecimal("1.5").multiply(BigDecimal.valueOf(row)));
          batch.setObject(4, LocalDate.of(2024, 2, 29).plusDays(row));
          batch.setTimestamp(5, Timestamp.valueOf("2024-02-29 12:34:56.789"));
          batch.addBatch();
        }
        System.out.println(batch.executeBatch().length);
      }
      connection.setAutoCommit(false);
      try (PreparedStatement parts =
          connection.prepareStatement("SELECT a, b, c FROM t WHERE a >= ? ORDER BY a")) {
        parts.setFetchSize(6);
        parts.setInt(1, 3);
        show(parts.executeQuery());
      }
      connection.commit();
      connection.setAutoCommit(true);
      try (PreparedStatement often = connection.prepareStatement("SELECT ?::bigint * 2, ?::text")) {
        for (int time = 0; time < 8; time++) {
          often.setLong(1, time);
          often.setString(2, "time " + time);
          show(often.executeQuery());
        }
      }
      try (PreparedStatement wrong = connection.prepareStatement("SELECT 1 / ?")) {
        wrong.setInt(1, 0);
        wrong.executeQuery();
      } catch (SQLException error) {
        System.out.println(error.getSQLState());
      }
      CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
      System.out.println(copies.copyIn("COPY t (a, b) FROM STDIN", new StringReader("100\tcopied\n")));
      StringWriter out = new StringWriter();
      copies.copyOut("COPY (SELECT a, b FROM t WHERE a > 17 ORDER BY a) TO STDOUT", out);
      System.out.print(out);
      try (Statement statement = connection.createStatement()) {
        show(statement.executeQuery("SELECT count(*), sum(c) FROM t"));
      }
    }
  }
}
