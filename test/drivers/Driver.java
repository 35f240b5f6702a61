// The scenario of README.md through MariaDB's Connector/J. Arguments: port, "tls" or "plain".
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;

public class Driver {
  static void expect(boolean ok, String what) {
    if (!ok) throw new AssertionError("not so: " + what);
  }

  static int count(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getInt(1);
    }
  }

  public static void main(String[] args) throws Exception {
    String url = "jdbc:mariadb://127.0.0.1:" + args[0] + "/commerce?user=root&useServerPrepStmts=true"
        + (args[1].equals("tls") ? "&useSsl=true&trustServerCertificate=true" : "");
    try (Connection db = DriverManager.getConnection(url); Statement text = db.createStatement()) {
      text.executeUpdate("delete from users where user_id between 7000 and 7999");
      expect(text.executeUpdate("insert into users (user_id, name) values (7000, 'text')") == 1, "one row");
      try (PreparedStatement insert = db.prepareStatement("insert into users (user_id, name, email) values (?, ?, ?)")) {
        for (int id = 7001; id <= 7003; id++) {
          insert.setLong(1, id);
          insert.setString(2, "prepared " + id);
          insert.setString(3, null);
          expect(insert.executeUpdate() == 1, "one prepared row");
        }
      }
      try (PreparedStatement select = db.prepareStatement("select user_id, name, email from users where user_id >= ? and user_id < ? order by user_id")) {
        select.setLong(1, 7000);
        select.setLong(2, 8000);
        ResultSet rows = select.executeQuery();
        for (long id = 7000; id <= 7003; id++) {
          expect(rows.next() && rows.getLong(1) == id && rows.getString(3) == null, "user " + id);
        }
        expect(!rows.next(), "no more users");
      }
      db.setAutoCommit(false);
      text.executeUpdate("update users set name = 'changed' where user_id in (7000, 7001, 7002)");
      db.rollback();
      expect(count(text, "select count(*) from users where name = 'changed' and user_id between 7000 and 7999") == 0, "rolled back");
      text.executeUpdate("update users set name = 'java' where user_id in (7000, 7001, 7002)");
      db.commit();
      db.setAutoCommit(true);
      expect(count(text, "select count(*) from users where name = 'java'") == 3, "committed");

      byte[] blob = new byte[20 << 20];
      for (int i = 0; i < blob.length; i++) blob[i] = (byte) (i * 31 + i / 251);
      try (PreparedStatement insert = db.prepareStatement("replace into blobs (id, data) values (?, ?)")) {
        insert.setLong(1, 70);
        insert.setBytes(2, blob);
        insert.executeUpdate();
      }
      try (PreparedStatement select = db.prepareStatement("select data from blobs where id = ?")) {
        select.setLong(1, 70);
        ResultSet rows = select.executeQuery();
        expect(rows.next() && Arrays.equals(rows.getBytes(1), blob), "the blob came back");
      }
      try {
        text.executeUpdate("insert into users (user_id, name) values (7000, 'again')");
        expect(false, "a duplicate is refused");
      } catch (SQLException error) {
        expect(error.getErrorCode() == 1062, "duplicate key is 1062, not " + error.getErrorCode());
      }
      expect(db.isValid(5), "valid after errors");
    }
    System.out.println("ok");
  }
}
